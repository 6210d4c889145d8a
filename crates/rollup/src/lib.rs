//! Arithmetic of figures: from records to cells, over months and over offices.
