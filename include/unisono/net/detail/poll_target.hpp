#pragma once

#include <cstdint>

namespace unisono::inline v0::detail {

/// Something with a descriptor of which a poller tells it that it is ready.
class poll_target {
public:
    /// `events`: of EPOLLIN, EPOLLOUT what it waits for and is the case, and EPOLLERR, EPOLLHUP. Must not
    /// throw.
    virtual void on_ready(std::uint32_t events) = 0;

protected:
    ~poll_target() = default;
};

} // namespace unisono::inline v0::detail
