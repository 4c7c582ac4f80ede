#pragma once

#include <unisono/codec/detail/lib0_number.hpp>
#include <unisono/codec/utf16.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/keystroke.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace unisono::inline v0::yjs::detail {

/// Counts take one byte: larger ones belong to no keystroke.
inline constexpr std::size_t most_text = 0x7f;

inline constexpr std::uint32_t most_clock = 0xffff'ffff;

/// Reads as lib0_reader does, without saying what is wrong. It is nobody's member, so that it is kept in
/// registers.
class keystroke_reader {
public:
    keystroke_reader(bytes_view update, client_table const& clients) noexcept
        : next_(update.data()), end_(next_ + update.size()), clients_(clients) {}

    bool ok() const noexcept { return ok_; }
    std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - next_); }

    UNISONO_HOT unsigned u8() noexcept {
        if (next_ == end_) {
            ok_ = false;
            return 0;
        }
        return std::to_integer<unsigned>(*next_++);
    }
    /// Byte by byte, for most clocks have two or three. Five are more than a document holds.
    UNISONO_HOT std::uint32_t clock() noexcept {
        unsigned byte = u8();
        std::uint64_t value = byte & 0x7f;
        for (unsigned shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
            byte = u8();
            value |= std::uint64_t{byte & 0x7f} << shift;
        }
        if (byte >= 0x80 || value > most_clock)
            ok_ = false;
        return static_cast<std::uint32_t>(value);
    }
    UNISONO_HOT client_index client() noexcept {
        auto const [client, size] = clients_.read(next_, remaining());
        if (size == 0)
            ok_ = false;
        next_ += size;
        return client;
    }
    UNISONO_HOT element reference() noexcept {
        client_index const by = client();
        return {by, clock()};
    }
    UNISONO_HOT bytes_view bytes(std::size_t count) noexcept {
        if (count > remaining()) {
            ok_ = false;
            return {};
        }
        return {std::exchange(next_, next_ + count), count};
    }

private:
    std::byte const* next_;
    std::byte const* end_;
    client_table const& clients_;
    bool ok_ = true;
};

/// Reads a struct of text with a neighbour; others name the type they are in.
UNISONO_HOT inline bool read_typing(keystroke_reader& in, keystroke& out) noexcept {
    constexpr unsigned left = 0x80, right = 0x40;
    if (in.u8() != 1) // structs
        return false;
    out.at = in.reference();
    unsigned const info = in.u8();
    bool const typing = (info & ~(left | right)) == static_cast<unsigned>(struct_kind::string);
    if (!typing || info < right)
        return false;
    if ((info & left) != 0)
        out.origin = in.reference();
    if ((info & right) != 0)
        out.right_origin = in.reference();
    std::size_t const length = in.u8();
    out.text = as_text(in.bytes(length));
    return length > 0 && length <= most_text && is_ascii(out.text);
}

UNISONO_DECL bool read_keystroke(bytes_view update, client_table const& clients, keystroke& out) noexcept {
    keystroke_reader in{update, clients};
    unsigned const blocks = in.u8();
    if (blocks > 1 || (blocks == 1 && !read_typing(in, out)))
        return false;
    unsigned const deleting = in.u8();
    if (deleting > 1)
        return false;
    if (deleting == 1) {
        client_index const by = in.client();
        if (in.u8() != 1) // ranges
            return false;
        std::uint32_t const clock = in.clock();
        std::uint32_t const length = in.clock();
        if (length == 0 || length > most_clock - clock)
            return false;
        out.deleted = {by, clock, clock + length};
    }
    return in.ok() && in.remaining() == 0;
}

/// Writes to where there is room enough. It is nobody's member, so that it is kept in a register.
class keystroke_writer {
public:
    explicit keystroke_writer(std::byte* next) noexcept : next_(next) {}

    void u8(unsigned value) noexcept { *next_++ = static_cast<std::byte>(value); }
    void var_uint(std::uint64_t value) noexcept { next_ += unisono::detail::write_lib0_number(next_, value); }
    void client(client_record const& c) noexcept {
        std::memcpy(next_, c.wire_id.data(), c.wire_id.size());
        next_ += c.wire_id_size;
    }
    void reference(document_store const& store, element e) noexcept {
        client(store.clients[e.client]);
        var_uint(e.clock);
    }
    void text(std::string_view ascii) noexcept {
        var_uint(ascii.size());
        if (ascii.size() == 1)
            return u8(static_cast<unsigned char>(ascii.front()));
        next_ = std::copy(as_bytes(ascii).begin(), as_bytes(ascii).end(), next_);
    }
    std::byte* end() const noexcept { return next_; }

private:
    std::byte* next_;
};

UNISONO_DECL bool write_keystroke(document_store const& store, journal const& changes,
                                  unisono::detail::byte_sink& out) {
    if (changes.advanced.size() > 1 || changes.deleted.size() > 1)
        return false;
    bool const inserts = !changes.advanced.empty();
    auto const [author, clock] = inserts ? changes.advanced.front() : client_advance{0, 0};
    std::string_view text;
    element origin;
    element right;
    if (inserts) {
        item const& run = store.items[store.clients[author].structs.back()];
        if (!run.is(struct_kind::string) || run.wide || run.clock > clock ||
            store.types.list(run.list).keyed())
            return false;
        std::uint32_t const known = clock - run.clock;
        text = store.clients[author].content.ascii_text(run.content + known, run.length - known);
        origin = known > 0 ? element{author, clock - 1} : run.origin();
        right = run.right_origin();
        if (text.size() > most_text || (!origin && !right))
            return false;
    }
    constexpr std::size_t most_numbers = 80;
    keystroke_writer update{out.prepare(most_numbers + most_text)};
    update.u8(inserts);
    if (inserts) {
        update.u8(1);
        update.reference(store, {author, clock});
        update.u8(static_cast<unsigned>(struct_kind::string) | (origin ? 0x80U : 0U) | (right ? 0x40U : 0U));
        if (origin)
            update.reference(store, origin);
        if (right)
            update.reference(store, right);
        update.text(text);
    }
    update.u8(static_cast<unsigned>(changes.deleted.size()));
    for (element_range const& range : changes.deleted) {
        update.client(store.clients[range.client]);
        update.u8(1);
        update.var_uint(range.clock);
        update.var_uint(range.end - range.clock);
    }
    out.commit(update.end());
    return true;
}

} // namespace unisono::inline v0::yjs::detail
