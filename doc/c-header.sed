# Comments of the C headers as the reference takes them: those behind a member are about it, the others about what
# follows. The comment that opens a header is about the file. No line is added.
1,/\*\//s|\*/| \\file */|
s|([;,{]) +/\* |\1 /**< |
s|^( *)/\* |\1/** |
