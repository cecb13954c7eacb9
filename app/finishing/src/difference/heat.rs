/// The colours of the heat map: a difference, and the sRGB bytes that it is shown in. Each stop is a doubling, and a step of the same
/// lightness (0.084 of OKLab's L, from 0.30 to 0.97), from violet over red and orange to a pale yellow: small differences, of which
/// seams are made, are told apart as well as large ones. The last stop is one more than a byte can differ.
pub const HEAT_STOPS: [(u16, [u8; 3]); 9] = [
    (1, [53, 22, 102]),
    (2, [98, 26, 123]),
    (4, [149, 24, 129]),
    (8, [196, 39, 116]),
    (16, [234, 70, 92]),
    (32, [254, 117, 73]),
    (64, [255, 167, 95]),
    (128, [254, 210, 137]),
    (256, [255, 247, 198]),
];

/// The colour of a pixel that is the same in both.
pub const UNCHANGED: [u8; 3] = [0, 0, 0];

/// The sRGB bytes that a difference is shown in.
pub fn heat(difference: u8) -> [u8; 3] {
    let value = u16::from(difference);
    let Some(stop) = HEAT_STOPS.iter().rposition(|(from, _)| *from <= value) else { return UNCHANGED };
    let (from, low) = HEAT_STOPS[stop];
    let Some((to, high)) = HEAT_STOPS.get(stop + 1) else { return low };
    std::array::from_fn(|channel| {
        let (low, high) = (i32::from(low[channel]), i32::from(high[channel]));
        let (part, whole) = (i32::from(value - from), i32::from(to - from));
        // Between the two, which are bytes.
        ((low * (whole - part) + high * part + whole / 2) / whole) as u8
    })
}
