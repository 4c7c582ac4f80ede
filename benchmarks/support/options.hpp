#pragma once

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace benchmark {

[[noreturn]] inline void die(std::string const& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

/// `--name value` and `--flag` on the command line; what is not in `defaults` ends the program.
class options {
public:
    options(int argc, char** argv, std::map<std::string, std::string> defaults)
        : values_(std::move(defaults)) {
        for (int i = 1; i < argc; ++i) {
            std::string_view const argument = argv[i];
            auto const found =
                values_.find(std::string(argument.substr(0, 2) == "--" ? argument.substr(2) : ""));
            if (found == values_.end())
                die("unknown option " + std::string(argument) + usage());
            if (found->second == off)
                found->second = "on";
            else if (++i < argc)
                found->second = argv[i];
            else
                die(found->first + " needs a value");
        }
    }

    static constexpr auto off = "off"; ///< the default of a flag

    std::string const& text(std::string const& name) const { return values_.at(name); }
    bool flag(std::string const& name) const { return values_.at(name) == "on"; }
    double number(std::string const& name) const {
        char* end = nullptr;
        double const value = std::strtod(values_.at(name).c_str(), &end);
        if (end == values_.at(name).c_str() || *end != '\0' || value < 0)
            die("--" + name + " is not a number");
        return value;
    }

private:
    std::string usage() const {
        std::string text = "\noptions:";
        for (auto const& [name, value] : values_)
            text += " --" + name + (value == off ? "" : " " + value);
        return text;
    }

    std::map<std::string, std::string> values_;
};

} // namespace benchmark
