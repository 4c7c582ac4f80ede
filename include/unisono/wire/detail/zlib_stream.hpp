#pragma once

/// The one place that includes zlib.

#include <unisono/core/bytes.hpp>

#include <zlib.h>

#include <cstddef>
#include <new>

namespace unisono::inline v0::detail {

/// A raw DEFLATE stream (RFC 1951) with the largest window: `Begin` and `End` are zlib's functions.
template <auto End>
class zlib_stream {
public:
    template <class Begin>
    explicit zlib_stream(Begin&& begin) {
        if (begin(stream_) != Z_OK)
            throw std::bad_alloc{}; // the parameters are right: nothing else is left
    }
    zlib_stream(zlib_stream const&) = delete;
    zlib_stream& operator=(zlib_stream const&) = delete;
    ~zlib_stream() { End(&stream_); }

    z_stream* operator->() noexcept { return &stream_; }
    z_stream* get() noexcept { return &stream_; }

    void set_input(bytes_view bytes) noexcept {
        // zlib only reads it; older versions lack the const.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
    }
    void set_output(mutable_bytes bytes) noexcept {
        stream_.next_out = reinterpret_cast<Bytef*>(bytes.data());
        stream_.avail_out = static_cast<uInt>(bytes.size());
    }

private:
    z_stream stream_{};
};

inline constexpr int raw_window = -15; ///< negative: no zlib header or checksum

/// What stands at the end of a flushed stream and is left out on the wire (RFC 7692, 7.2.1).
inline constexpr std::byte flush_tail[]{std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};

} // namespace unisono::inline v0::detail
