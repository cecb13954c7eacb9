//! Measured colour and position: what a picture shows, without any classifier.
