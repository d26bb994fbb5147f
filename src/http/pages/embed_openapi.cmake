# cmake -DOUTPUT=x.cpp -DINPUT=openapi.json -P embed_openapi.cmake
# Writes the description of the API into a source as raw literals, so that every binary can show its own. A literal is
# kept below the 65,536 characters that compilers must take; neighbours become one.
file(READ "${INPUT}" text)
string(LENGTH "${text}" length)
set(literals "")
set(start 0)
while(start LESS length)
    string(SUBSTRING "${text}" ${start} 16000 piece)
    string(APPEND literals "        R\"openapi(${piece})openapi\"\n")
    math(EXPR start "${start} + 16000")
endwhile()
file(WRITE "${OUTPUT}" "#include \"http/pages/embedded_openapi.hpp\"\n\nnamespace orderpush::http {\n\nconst char* embedded_openapi() {\n    return\n${literals}    ;\n}\n\n}  // namespace orderpush::http\n")
