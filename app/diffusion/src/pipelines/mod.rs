//! Text-to-image, image-to-image and inpainting.
