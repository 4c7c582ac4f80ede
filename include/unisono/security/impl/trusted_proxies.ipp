#pragma once

#include <unisono/core/config.hpp>
#include <unisono/security/trusted_proxies.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL bool share_prefix(ip_address const& a, ip_address const& b, unsigned bits) noexcept {
    auto const whole = static_cast<std::ptrdiff_t>(bits / 8);
    if (!std::equal(a.bytes().begin(), a.bytes().begin() + whole, b.bytes().begin()))
        return false;
    if (bits % 8 == 0)
        return true;
    auto const at = static_cast<std::size_t>(whole);
    return (a.bytes()[at] ^ b.bytes()[at]) >> (8 - bits % 8) == 0;
}

/// An address as proxies write it: alone, "192.0.2.1:80", "[2001:db8::1]" or "[2001:db8::1]:80".
UNISONO_DECL std::optional<ip_address> parse_hop(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    text = text.substr(0, text.find_last_not_of(" \t") + 1);
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        if (end == std::string_view::npos || (end + 1 != text.size() && text[end + 1] != ':'))
            return std::nullopt;
        return ip_address::parse(text.substr(1, end - 1));
    }
    auto const colon = text.find(':');
    bool const has_port = colon != std::string_view::npos && colon == text.rfind(':');
    return ip_address::parse(has_port ? text.substr(0, colon) : text);
}

} // namespace detail

UNISONO_DECL trusted_proxies::trusted_proxies(std::initializer_list<std::string_view> networks) {
    for (auto const text : networks)
        add(text);
}

UNISONO_DECL void trusted_proxies::add(std::string_view network) {
    auto const slash = network.find('/');
    auto const address = ip_address::parse(network.substr(0, slash));
    auto const invalid = [&] {
        return std::invalid_argument("not an address or network: " + std::string{network});
    };
    if (!address)
        throw invalid();
    bool const v4 = network.find(':') == std::string_view::npos;
    unsigned const most = v4 ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        auto const digits = network.substr(slash + 1);
        auto const [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (ec != std::errc{} || end != digits.data() + digits.size() || bits > most)
            throw invalid();
    }
    networks_.push_back({*address, bits + (128 - most)});
}

UNISONO_DECL bool trusted_proxies::contains(ip_address const& address) const noexcept {
    return std::any_of(networks_.begin(), networks_.end(),
                       [&](network const& n) { return detail::share_prefix(n.first, address, n.bits); });
}

UNISONO_DECL ip_address trusted_proxies::client(ip_address const& peer,
                                                std::string_view forwarded_for) const {
    auto client = peer;
    while (!forwarded_for.empty() && contains(client)) {
        auto const comma = forwarded_for.rfind(',');
        bool const last = comma == std::string_view::npos;
        auto const hop = detail::parse_hop(last ? forwarded_for : forwarded_for.substr(comma + 1));
        if (!hop)
            break;
        client = *hop;
        forwarded_for = last ? std::string_view{} : forwarded_for.substr(0, comma);
    }
    return client;
}

} // namespace unisono::inline v0
