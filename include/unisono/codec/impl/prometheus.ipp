#pragma once

#include <unisono/codec/prometheus.hpp>
#include <unisono/core/config.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL void append_prometheus_number(std::string& out, double number) {
    if (std::isnan(number)) {
        out += "NaN";
    } else if (std::isinf(number)) {
        out += number > 0 ? "+Inf" : "-Inf";
    } else {
        char digits[32];
        auto const written = std::to_chars(digits, digits + sizeof digits, number);
        out.append(digits, written.ptr);
    }
}

/// Label values escape quotes as well, help texts do not.
UNISONO_DECL void append_prometheus_text(std::string& out, std::string_view text, bool quoted) {
    for (char const c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quoted)
            out += "\\\"";
        else
            out += c;
    }
}

} // namespace detail

UNISONO_DECL void prometheus_writer::head(metric const& what) {
    if (current_ == what.name)
        return;
    current_ = what.name;
    out_.append("# HELP ").append(what.name).append(" ");
    detail::append_prometheus_text(out_, what.help, false);
    out_.append("\n# TYPE ").append(what.name);
    out_ += what.type == metric_type::counter ? " counter\n"
            : what.type == metric_type::gauge ? " gauge\n"
                                              : " histogram\n";
}

UNISONO_DECL void prometheus_writer::sample(std::string_view name, std::string_view suffix,
                                            metric_labels labels, std::string_view le, double number) {
    out_.append(name).append(suffix);
    char before = '{';
    auto const add = [&](std::string_view label, std::string_view text) {
        out_ += before;
        out_.append(label).append("=\"");
        detail::append_prometheus_text(out_, text, true);
        out_ += '"';
        before = ',';
    };
    for (auto const& l : labels)
        add(l.name, l.value);
    if (!le.empty())
        add("le", le);
    if (before == ',')
        out_ += '}';
    out_ += ' ';
    detail::append_prometheus_number(out_, number);
    out_ += '\n';
}

UNISONO_DECL void prometheus_writer::value(metric const& what, metric_labels labels, double number) {
    head(what);
    sample(what.name, "", labels, "", number);
}

UNISONO_DECL void prometheus_writer::distribution(metric const& what, metric_labels labels,
                                                  std::span<std::uint64_t const> counts, double sum) {
    head(what);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        total += counts[i];
        std::string le = "+Inf";
        if (i < duration_histogram::bounds.size()) {
            le.clear();
            detail::append_prometheus_number(le, duration_histogram::bounds[i] / 1e6);
        }
        sample(what.name, "_bucket", labels, le, static_cast<double>(total));
    }
    sample(what.name, "_sum", labels, "", sum);
    sample(what.name, "_count", labels, "", static_cast<double>(total));
}

} // namespace unisono::inline v0
