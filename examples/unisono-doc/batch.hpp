#pragma once

#include <iosfwd>

/// Answers each line of `in`, a request in JSON, with a line on `out`: what was asked for or
/// `{"error":"<why>"}`. Ends with the input, whatever the requests are.
void run_batch(std::istream& in, std::ostream& out);
