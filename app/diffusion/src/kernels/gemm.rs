//! Matrix products over slices: the one place in the workspace with `unsafe` code, a checked call into the `gemm` crate.

use gemm::Parallelism;

/// A matrix inside a slice: element (r, c) lies at `r * row_stride + c * col_stride`.
#[derive(Clone, Copy)]
pub(crate) struct MatRef<'a> {
    pub data: &'a [f32],
    pub rows: usize,
    pub cols: usize,
    pub row_stride: usize,
    pub col_stride: usize,
}

/// A row-major matrix that is written: element (r, c) lies at `r * row_stride + c`.
pub(crate) struct MatMut<'a> {
    pub data: &'a mut [f32],
    pub rows: usize,
    pub cols: usize,
    pub row_stride: usize,
}

/// What happens to the values that the destination held before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    /// They are replaced.
    Replace,
    /// The product is added to them.
    Add,
}

/// How many threads work on one product.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The calling thread alone; for callers that are parallel themselves.
    One,
    /// The whole rayon pool.
    All,
}

/// `dst = lhs x rhs`, or `dst += lhs x rhs`.
///
/// # Panics
///
/// When the shapes do not fit each other or a matrix reaches beyond its slice.
#[allow(unsafe_code)]
pub(crate) fn matmul(dst: MatMut, lhs: MatRef, rhs: MatRef, write: Write, threads: Threads) {
    assert_eq!(lhs.cols, rhs.rows, "inner sizes of a matrix product");
    assert_eq!(dst.rows, lhs.rows, "rows of a matrix product");
    assert_eq!(dst.cols, rhs.cols, "columns of a matrix product");
    assert!(dst.rows <= 1 || dst.row_stride >= dst.cols, "the destination's rows overlap");
    let reach = |rows: usize, cols: usize, row_stride: usize, col_stride: usize| {
        if rows == 0 || cols == 0 { 0 } else { (rows - 1) * row_stride + (cols - 1) * col_stride + 1 }
    };
    assert!(reach(dst.rows, dst.cols, dst.row_stride, 1) <= dst.data.len());
    assert!(reach(lhs.rows, lhs.cols, lhs.row_stride, lhs.col_stride) <= lhs.data.len());
    assert!(reach(rhs.rows, rhs.cols, rhs.row_stride, rhs.col_stride) <= rhs.data.len());
    let parallelism = match threads {
        Threads::One => Parallelism::None,
        Threads::All => Parallelism::Rayon(0),
    };
    // SAFETY: every element that gemm reads or writes was shown above to lie inside its slice; the destination is borrowed
    // mutably, so it overlaps neither operand, and its rows do not overlap each other.
    unsafe {
        gemm::gemm(
            dst.rows,
            dst.cols,
            lhs.cols,
            dst.data.as_mut_ptr(),
            1,
            dst.row_stride as isize,
            write == Write::Add,
            lhs.data.as_ptr(),
            lhs.col_stride as isize,
            lhs.row_stride as isize,
            rhs.data.as_ptr(),
            rhs.col_stride as isize,
            rhs.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
}
