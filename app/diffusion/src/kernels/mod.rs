//! CPU kernels for the operations that flex runs slowly.
