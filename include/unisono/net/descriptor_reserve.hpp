#pragma once

#include <unisono/net/tcp_socket.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// A file descriptor kept for the moment when there are none left: let go, it makes room to accept a client
/// and tell it so, where it would wait unheard. Shared by the listeners of a server.
///
/// Thread safety: all members from any thread.
class descriptor_reserve {
public:
    /// `last_words`: what clients hear that cannot be served; may be empty.
    explicit descriptor_reserve(std::string last_words = {});
    descriptor_reserve(descriptor_reserve const&) = delete;
    descriptor_reserve& operator=(descriptor_reserve const&) = delete;
    ~descriptor_reserve();

    /// Is the reserve there, or could it be taken again? If not, what was opened last took its place.
    bool restore() noexcept;

    /// Accepts a client that waits at the socket `listening` and turns it away. 0, or the error of accepting:
    /// EAGAIN when nobody waits.
    int turn_away_one(int listening) noexcept;

    /// Sends the last words to a client that was accepted, as far as it takes them at once, and closes.
    void turn_away(tcp_socket client) const noexcept;

private:
    std::string const last_words_;
    std::mutex mutex_;
    std::atomic<int> fd_{-1}; ///< changed by mutex_
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/net/impl/descriptor_reserve.ipp>
#endif
