#pragma once

#include <unisono/core/config.hpp>
#include <unisono/server/router.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL void router::add(std::string method, std::string_view pattern, http_handler handler) {
    auto const malformed = [&](char const* why) {
        return std::invalid_argument("route " + std::string{pattern} + ": " + why);
    };
    if (pattern.empty() || pattern.front() != '/')
        throw malformed("a path begins with /");
    entry made{std::move(method), {}, std::move(handler)};
    for (auto left = pattern.substr(1);;) {
        auto const slash = left.find('/');
        auto const part = left.substr(0, slash);
        if (!made.pattern.empty() && made.pattern.back().is == segment::kind::rest)
            throw malformed("nothing can follow {name...}");
        if (part.size() > 2 && part.front() == '{' && part.back() == '}') {
            auto name = part.substr(1, part.size() - 2);
            bool const rest = name.ends_with("...");
            if (rest)
                name.remove_suffix(3);
            if (name.empty())
                throw malformed("a parameter needs a name");
            made.pattern.push_back({rest ? segment::kind::rest : segment::kind::name, std::string{name}});
        } else if (part.find_first_of("{}") != std::string_view::npos) {
            throw malformed("a parameter is a whole segment: {name}");
        } else {
            made.pattern.push_back({segment::kind::literal, std::string{part}});
        }
        if (slash == std::string_view::npos)
            break;
        left = left.substr(slash + 1);
    }
    for (auto const& e : entries_)
        if (e.method == made.method && e.pattern == made.pattern)
            throw malformed("added twice");
    auto const place = std::find_if(entries_.begin(), entries_.end(),
                                    [&](entry const& e) { return more_specific(made, e); });
    entries_.insert(place, std::move(made));
}

UNISONO_DECL bool router::more_specific(entry const& a, entry const& b) noexcept {
    for (std::size_t i = 0; i < a.pattern.size() && i < b.pattern.size(); ++i)
        if (a.pattern[i].is != b.pattern[i].is)
            return a.pattern[i].is < b.pattern[i].is;
    if (a.pattern.size() != b.pattern.size())
        return a.pattern.size() > b.pattern.size();
    return !a.method.empty() && b.method.empty();
}

UNISONO_DECL bool router::matches(entry const& e, std::string_view path, captured& out) {
    out.clear();
    if (path.empty() || path.front() != '/')
        return false;
    path.remove_prefix(1);
    for (std::size_t i = 0; i < e.pattern.size(); ++i) {
        auto const& expected = e.pattern[i];
        if (expected.is == segment::kind::rest) {
            out.emplace_back(expected.text, path);
            return !path.empty();
        }
        auto const slash = path.find('/');
        auto const part = path.substr(0, slash);
        if (expected.is == segment::kind::literal ? part != expected.text : part.empty())
            return false;
        if (expected.is == segment::kind::name)
            out.emplace_back(expected.text, part);
        bool const last = i + 1 == e.pattern.size();
        if (last || slash == std::string_view::npos)
            return last && slash == std::string_view::npos;
        path.remove_prefix(slash + 1);
    }
    return false;
}

UNISONO_DECL void router::route(http_exchange const& exchange) const {
    auto const& request = exchange.request();
    captured parameters;
    std::string allowed;
    for (auto const& e : entries_) {
        if (!matches(e, request.path, parameters))
            continue;
        bool const head = request.method == "HEAD" && e.method == "GET";
        if (!e.method.empty() && e.method != request.method && !head) {
            allowed += (allowed.empty() ? "" : ", ") + e.method + (e.method == "GET" ? ", HEAD" : "");
            continue;
        }
        for (auto const& [name, value] : parameters)
            exchange.set_parameter(name, value);
        e.handler(exchange);
        return;
    }
    auto response = error_response(allowed.empty() ? 404 : 405);
    if (!allowed.empty())
        response.headers.set("Allow", allowed);
    exchange.respond(std::move(response));
}

} // namespace unisono::inline v0
