#pragma once

#include <unisono/core/metrics.hpp>

#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// Writes samples as Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats").
class prometheus_writer final : public metric_visitor {
public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    /// Appends to `out`, which must outlive this.
    explicit prometheus_writer(std::string& out) noexcept : out_(out) {}

    void value(metric const& what, metric_labels labels, double sample) override;
    void distribution(metric const& what, metric_labels labels, std::span<std::uint64_t const> counts,
                      double sum) override;

private:
    void head(metric const& what);
    void sample(std::string_view name, std::string_view suffix, metric_labels labels, std::string_view le,
                double number);

    std::string& out_;
    std::string current_; ///< the metric whose samples are being written
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/prometheus.ipp>
#endif
