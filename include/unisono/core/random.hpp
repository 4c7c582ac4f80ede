#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// Where randomness comes from. Injected, so that a seed reproduces a run.
///
/// Thread safety: system_random() may be used from any thread; seeded_random from one at a time.
class random_source {
public:
    virtual ~random_source() = default;

    /// 64 uniformly distributed bits.
    virtual std::uint64_t next() = 0;

    /// A uniformly distributed number in [0, bound). Precondition: bound > 0.
    std::uint64_t below(std::uint64_t bound) {
        // Numbers at or above the last whole multiple of bound would favour small results: draw again.
        std::uint64_t const unbiased = UINT64_MAX - UINT64_MAX % bound;
        std::uint64_t n = next();
        while (n >= unbiased)
            n = next();
        return n % bound;
    }

    /// `length` characters of [A-Za-z0-9_-], 6 bits of randomness each: identifiers for URLs and JSON.
    std::string token(std::size_t length) {
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        std::string result(length, '\0');
        for (char& c : result)
            c = alphabet[next() % alphabet.size()];
        return result;
    }
};

/// The operating system's generator: unpredictable, fit for identifiers and nonces.
inline random_source& system_random() {
    class real final : public random_source {
        std::uint64_t next() override {
            thread_local std::random_device device;
            return std::uint64_t{device()} << 32 | device();
        }
    };
    static real instance;
    return instance;
}

/// A repeatable sequence (SplitMix64): for tests and simulations, never for secrets.
class seeded_random final : public random_source {
public:
    explicit seeded_random(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() override {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

} // namespace unisono::inline v0
