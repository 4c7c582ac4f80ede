#pragma once

#include "support/histogram.hpp"

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchmark {

/// The figures of one run, as one line of JSON.
class report {
public:
    void add(std::string name, double value) { values_.emplace_back(std::move(name), value); }

    /// A figure added before; 0 when there is none.
    double value(std::string_view name) const {
        for (auto const& [known, value] : values_)
            if (known == name)
                return value;
        return 0;
    }

    /// Quantiles in milliseconds.
    void add(histogram const& latency) {
        auto const ms = [&](double q) { return static_cast<double>(latency.quantile(q)) / 1e6; };
        add("p50_ms", ms(0.5));
        add("p99_ms", ms(0.99));
        add("p99.9_ms", ms(0.999));
        add("max_ms", static_cast<double>(latency.max()) / 1e6);
    }

    void print() const {
        char const* separator = "{";
        for (auto const& [name, value] : values_) {
            std::printf("%s\"%s\":%.4f", separator, name.c_str(), value);
            separator = ",";
        }
        std::puts("}");
    }

private:
    std::vector<std::pair<std::string, double>> values_;
};

} // namespace benchmark
