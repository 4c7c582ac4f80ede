#pragma once

#include <unisono/codec/lib0_column_writer.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The columns of a V2 update, each written by what it is for (UpdateEncoderV2 of Yjs).
class update_encoder_v2 {
public:
    /// `text_bytes`: what all texts may take together, as a hint.
    explicit update_encoder_v2(std::size_t text_bytes) { strings_.reserve(text_bytes); }

    /// Begins a block of structs, each of which begins with its info().
    void begin_block(std::uint64_t client, std::uint64_t clock) {
        blocks_.push_back({clock, 0, rest_.size()});
        clients_.add(client);
    }

    /// What has no column, within a block: see update_decoder_v2::rest().
    byte_buffer& rest() noexcept { return rest_; }

    void info(std::uint8_t value) {
        infos_.add(value);
        ++blocks_.back().structs;
    }
    void client(std::uint64_t value) { clients_.add(value); }
    void left_clock(std::uint64_t value) { left_clocks_.add(value); }
    void right_clock(std::uint64_t value) { right_clocks_.add(value); }
    void parent_info(std::uint8_t value) { parent_infos_.add(value); }
    void type_ref(std::uint64_t value) { type_refs_.add(value); }
    void length(std::uint64_t value) { lengths_.add(value); }
    void string(std::string_view text) { string(text, utf16_length(text)); }
    void string(std::string_view text, std::uint64_t units) { strings_.add(text, units); }

    /// Yjs never refers to a key it wrote before, and its older readers would not understand it.
    void key(std::string_view text) {
        key_clocks_.add(next_key_++);
        string(text);
    }

    /// The update, without the delete set that follows. Nothing may be added any more.
    byte_buffer finish() {
        byte_buffer update;
        byte_buffer strings;
        strings_.finish_to(strings);
        bytes_view const columns[] = {key_clocks_.finish(),   clients_.finish(),   left_clocks_.finish(),
                                      right_clocks_.finish(), infos_.finish(),     strings,
                                      parent_infos_.finish(), type_refs_.finish(), lengths_.finish()};
        std::size_t size = rest_.size() + 16 * blocks_.size() + 64;
        for (bytes_view column : columns)
            size += column.size();
        update.reserve(size);
        lib0_writer out{update};
        out.u8(0); // no features
        for (bytes_view column : columns)
            out.var_bytes(column);
        out.var_uint(blocks_.size());
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            block const& b = blocks_[i];
            std::size_t const end = i + 1 < blocks_.size() ? blocks_[i + 1].begin : rest_.size();
            out.var_uint(b.structs);
            out.var_uint(b.clock);
            out.bytes(bytes_view{rest_}.subspan(b.begin, end - b.begin));
        }
        return update;
    }

private:
    // How many structs a block has stands before them and is known behind them, so heads wait in a list.
    struct block {
        std::uint64_t clock;
        std::uint64_t structs;
        std::size_t begin; // in rest_
    };

    std::vector<block> blocks_;
    byte_buffer rest_;
    lib0_int_diff_opt_rle_writer key_clocks_;
    lib0_uint_opt_rle_writer clients_;
    lib0_int_diff_opt_rle_writer left_clocks_;
    lib0_int_diff_opt_rle_writer right_clocks_;
    lib0_rle_writer infos_;
    lib0_string_column_writer strings_;
    lib0_rle_writer parent_infos_;
    lib0_uint_opt_rle_writer type_refs_;
    lib0_uint_opt_rle_writer lengths_;
    std::uint64_t next_key_ = 0;
};

} // namespace unisono::inline v0::yjs::detail
