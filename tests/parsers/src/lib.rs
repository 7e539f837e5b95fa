//! One function per parser.
