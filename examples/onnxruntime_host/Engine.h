// ONNX Runtime behind its C API, as a host has it: loaded at run time, models from memory, errors as absl::Status.
// One thread per session, so that two runs give the same bytes and times can be compared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

struct OrtApi;
struct OrtEnv;
struct OrtSession;

class Engine {
 public:
  static absl::StatusOr<std::unique_ptr<Engine>> load(const std::string& library);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::string version() const { return version_; }

 private:
  friend class Session;
  Engine() = default;
  const OrtApi* api_ = nullptr;
  OrtEnv* env_ = nullptr;
  std::string version_;
};

/// A model with one float32 input and one float32 output, ready to run. The engine must outlive it.
class Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> create(const Engine& engine, const std::string& model);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  absl::StatusOr<std::vector<float>> run(const std::vector<float>& input, const std::vector<std::int64_t>& shape) const;

 private:
  explicit Session(const Engine& engine) : engine_(engine) {}
  const Engine& engine_;
  OrtSession* session_ = nullptr;
  std::string input_;
  std::string output_;
};
