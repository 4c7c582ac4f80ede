#pragma once

#include <unisono/core/payload.hpp>

#include <array>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace unisono::inline v0 {

/// What stands before the data of a chunk (RFC 9112, 7.1); data and http_chunk_tail follow. For gathered
/// writes of data that others share.
class http_chunk_head {
public:
    /// Precondition: `size` is not 0, for an empty chunk ends the body.
    explicit http_chunk_head(std::size_t size) noexcept {
        assert(size != 0);
        char* const end = std::to_chars(text_.data(), text_.data() + text_.size() - 2, size, 16).ptr;
        std::memcpy(end, "\r\n", 2);
        length_ = static_cast<std::size_t>(end - text_.data()) + 2;
    }
    std::string_view text() const noexcept { return {text_.data(), length_}; }

private:
    std::array<char, 2 * sizeof(std::size_t) + 2> text_;
    std::size_t length_;
};

/// What stands behind the data of a chunk.
inline constexpr std::string_view http_chunk_tail = "\r\n";

/// What ends a chunked body.
inline constexpr std::string_view http_last_chunk = "0\r\n\r\n";

/// Data as one whole chunk: encoded once, shared by every stream it goes to. Empty data gives no chunk.
inline payload encode_chunk(bytes_view data) {
    if (data.empty())
        return {};
    http_chunk_head const head(data.size());
    return payload::build(head.text().size() + data.size() + http_chunk_tail.size(), [&](mutable_bytes out) {
        for (bytes_view part : {as_bytes(head.text()), data, as_bytes(http_chunk_tail)}) {
            std::memcpy(out.data(), part.data(), part.size());
            out = out.subspan(part.size());
        }
    });
}

} // namespace unisono::inline v0
