# Lines up to `#pragma once` become one comment about the file; no line is added, so that warnings name the right one.
# What is indented by three blanks is code.
1,/^#pragma once/ {
  s|^//   |///     |
  s|^// |/// |
  s|^//$|///|
  s|^#pragma once|/// \\file|
}
