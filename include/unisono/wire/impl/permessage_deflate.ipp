#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/deflate_offer.hpp>
#include <unisono/wire/detail/idle_pool.hpp>
#include <unisono/wire/detail/zlib_stream.hpp>
#include <unisono/wire/permessage_deflate.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace unisono::inline v0 {

namespace detail {

class deflater {
public:
    explicit deflater(int level)
        : stream_([&](z_stream& s) {
              return deflateInit2(&s, level, Z_DEFLATED, raw_window, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
          }) {}

    /// Appends the compressed `message` if that is shorter than itself.
    bool compress(bytes_view message, byte_buffer& to) {
        std::size_t const before = to.size();
        std::size_t const room = message.size() + std::size(flush_tail) - 1;
        to.resize(before + room);
        stream_.set_input(message);
        stream_.set_output(mutable_bytes{to}.subspan(before));
        deflate(stream_.get(), Z_SYNC_FLUSH);
        std::size_t const left = stream_->avail_out;
        deflateReset(stream_.get()); // no context takeover
        to.resize(left == 0 ? before : before + room - left - std::size(flush_tail));
        return left != 0; // a full buffer means that there was more to come
    }

private:
    zlib_stream<deflateEnd> stream_;
};

class inflater {
public:
    inflater() : stream_([](z_stream& s) { return inflateInit2(&s, raw_window); }) {}

    std::optional<wire_error> decompress(bytes_view body, std::size_t limit, byte_buffer& to) {
        inflateReset(stream_.get()); // here, for the last message may have been a bad one
        limit += to.size();
        for (bytes_view const part : {body, bytes_view{flush_tail}}) {
            stream_.set_input(part);
            if (auto const error = inflate_input(limit, to))
                return error;
        }
        return between_blocks_ ? std::nullopt : std::optional{wire_error::bad_compression};
    }

private:
    std::optional<wire_error> inflate_input(std::size_t limit, byte_buffer& to) {
        do {
            stream_.set_output(chunk_);
            int const status = inflate(stream_.get(), Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
                return wire_error::bad_compression;
            bytes_view const out = bytes_view{chunk_}.first(chunk_.size() - stream_->avail_out);
            if (out.size() > limit - to.size())
                return wire_error::message_too_big;
            append_within(to, out, limit);
            // After a final block the rest is a stream of its own (RFC 7692, 7.2.3.4); zlib would ignore it.
            between_blocks_ = status == Z_STREAM_END || (stream_->data_type & 128) != 0;
            if (status == Z_STREAM_END) {
                inflateReset(stream_.get());
                if (stream_->avail_in == 0)
                    return {};
            }
        } while (stream_->avail_in != 0 || stream_->avail_out == 0);
        return {};
    }

    /// Growing by half keeps copying linear and the peak, old and new together, below twice the limit.
    static void append_within(byte_buffer& to, bytes_view bytes, std::size_t limit) {
        std::size_t const needed = to.size() + bytes.size();
        if (needed > to.capacity())
            to.reserve(std::min(limit, std::max(needed, to.capacity() + to.capacity() / 2)));
        append(to, bytes);
    }

    zlib_stream<inflateEnd> stream_;
    std::array<std::byte, 16 * 1024> chunk_;
    bool between_blocks_ = false;
};

class deflate_compression final : public websocket_compression {
public:
    explicit deflate_compression(permessage_deflate_options const& options) : options_(options) {}

    std::optional<agreement> accept(std::string_view offers) const override {
        return answer_deflate_offers(offers);
    }

    bool compress(bytes_view message, byte_buffer& to) const override {
        // zlib counts in unsigned int.
        if (message.size() < options_.threshold || message.empty() || message.size() > max_size)
            return false;
        return deflaters_.with([&] { return std::make_unique<deflater>(options_.level); },
                               [&](deflater& d) { return d.compress(message, to); });
    }

    std::optional<wire_error> decompress(bytes_view body, std::size_t limit, byte_buffer& to) const override {
        if (body.size() > max_size)
            return wire_error::message_too_big;
        return inflaters_.with([] { return std::make_unique<inflater>(); },
                               [&](inflater& i) { return i.decompress(body, limit, to); });
    }

private:
    static constexpr std::size_t max_size = std::numeric_limits<uInt>::max() / 2;

    permessage_deflate_options options_;
    mutable idle_pool<deflater> deflaters_;
    mutable idle_pool<inflater> inflaters_;
};

} // namespace detail

UNISONO_DECL std::shared_ptr<websocket_compression const>
permessage_deflate(permessage_deflate_options options) {
    if (options.level < 1 || options.level > 9)
        throw std::invalid_argument("unisono: a DEFLATE level is from 1 to 9");
    return std::make_shared<detail::deflate_compression>(options);
}

} // namespace unisono::inline v0
