//! The attribute of brama.
