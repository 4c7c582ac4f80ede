#pragma once

#include <unisono/wire/detail/extension_list.hpp>
#include <unisono/wire/websocket_compression.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// One offer of permessage-deflate (RFC 7692, 7.1): takes its parameters and says whether it is acceptable.
/// What is unknown, repeated, or has a value out of its range spoils it (7.1: "MUST decline").
class deflate_offer {
public:
    void take(extension_parameter const& parameter) {
        if (parameter.is("server_no_context_takeover"))
            note(server_no_context_, !parameter.value);
        else if (parameter.is("client_no_context_takeover"))
            note(client_no_context_, !parameter.value);
        else if (parameter.is("server_max_window_bits")) {
            auto const bits = read_bits(parameter);
            note(server_bits_, bits != 0);
            window_bits_ = bits;
        } else if (parameter.is("client_max_window_bits"))
            // Whatever it says: messages are decompressed with the largest window.
            note(client_bits_, !parameter.value || read_bits(parameter) != 0);
        else
            valid_ = false;
    }

    std::optional<websocket_compression::agreement> answer() const {
        if (!valid_)
            return {};
        websocket_compression::agreement agreed{
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover", 15};
        if (server_bits_) {
            agreed.window_bits = window_bits_;
            agreed.extension += "; server_max_window_bits=" + std::to_string(window_bits_);
        }
        return agreed;
    }

private:
    /// 8 to 15 without a leading zero (RFC 7692, 7.1.2); 0 for anything else.
    static std::uint8_t read_bits(extension_parameter const& parameter) noexcept {
        std::string_view const text = parameter.value ? *parameter.value : std::string_view{};
        if (text.size() == 1 && (text[0] == '8' || text[0] == '9'))
            return static_cast<std::uint8_t>(text[0] - '0');
        if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5')
            return static_cast<std::uint8_t>(10 + text[1] - '0');
        return 0;
    }
    void note(bool& seen, bool valid) noexcept {
        valid_ = valid_ && valid && !seen;
        seen = true;
    }

    bool valid_ = true;
    bool server_no_context_ = false;
    bool client_no_context_ = false;
    bool server_bits_ = false;
    bool client_bits_ = false;
    std::uint8_t window_bits_ = 15;
};

/// The answer to the first acceptable offer of permessage-deflate in a Sec-WebSocket-Extensions.
inline std::optional<websocket_compression::agreement> answer_deflate_offers(std::string_view offers) {
    std::optional<websocket_compression::agreement> agreed;
    std::optional<deflate_offer> offer;
    auto const finish = [&] {
        if (offer && !agreed)
            agreed = offer->answer();
    };
    bool const well_formed = read_extension_list(
        offers,
        [&](std::string_view name) {
            finish();
            offer.reset();
            if (equals_ignoring_case(name, "permessage-deflate"))
                offer.emplace();
        },
        [&](extension_parameter const& parameter) {
            if (offer)
                offer->take(parameter);
        });
    finish();
    return well_formed ? agreed : std::nullopt;
}

} // namespace unisono::inline v0::detail
