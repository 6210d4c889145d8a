//! The conversation with one neighbour, as a state machine without input or output.
