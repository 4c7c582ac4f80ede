#pragma once

#include <cstdlib>

namespace fuzz {

/// What must hold whatever the input is: a finding if it does not.
inline void require(bool holds) {
    if (!holds)
        std::abort();
}

} // namespace fuzz
