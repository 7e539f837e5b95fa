// The connect page.
