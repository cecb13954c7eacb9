use burn::tensor::Tensor;

/// `sample * a + output * b`: how every quantity of a step depends on the sample and the model output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Linear {
    pub(super) sample: f64,
    pub(super) output: f64,
}

impl Linear {
    pub(super) fn apply(self, sample: &Tensor<4>, output: &Tensor<4>) -> Tensor<4> {
        weighted_sum(&[(self.sample, sample), (self.output, output)])
    }
}

/// The sum of `weight * tensor`. Terms of weight 0 are left out, so a device does no work for them.
pub(super) fn weighted_sum(terms: &[(f64, &Tensor<4>)]) -> Tensor<4> {
    let scaled = |&(weight, tensor): &(f64, &Tensor<4>)| match weight {
        1.0 => tensor.clone(),
        _ => tensor.clone().mul_scalar(weight),
    };
    let sum = terms.iter().filter(|(weight, _)| *weight != 0.0).map(scaled).reduce(Tensor::add);
    sum.unwrap_or_else(|| terms[0].1.zeros_like())
}

/// `tensor` limited to [-`range`, `range`], if there is a range.
pub(super) fn clipped(tensor: Tensor<4>, range: Option<f64>) -> Tensor<4> {
    match range {
        Some(range) => tensor.clamp(-range, range),
        None => tensor,
    }
}
