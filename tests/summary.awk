# Passes the output of `cargo test` through and ends it with one line that sums up its summaries.
{ print; fflush() }
/^test result: / {
  for (field = 1; field < NF; field++) {
    if ($(field + 1) == "passed;") passed += $field
    if ($(field + 1) == "failed;") failed += $field
  }
}
END {
  printf "%d passed, %d failed\n", passed, failed
  exit (failed > 0 || passed == 0)
}
