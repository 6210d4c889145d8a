/// How large a sheet may be. What is larger is refused, never cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetLimits {
    /// Most bytes of the file.
    pub max_bytes: usize,
    /// Most rows below the header; empty ones do not count.
    pub max_rows: usize,
    /// Most columns.
    pub max_columns: usize,
    /// Most characters of a cell.
    pub max_cell_chars: usize,
}

impl Default for SheetLimits {
    /// 64 MiB, 200,000 rows, 64 columns, 10,000 characters a cell.
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_rows: 200_000,
            max_columns: 64,
            max_cell_chars: 10_000,
        }
    }
}
