//! Where journals and desk state rest: a log that is the truth, and a view that can be thrown away.
