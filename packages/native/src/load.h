// The parts of the loader.
#ifndef MEDGAN_LOAD_H
#define MEDGAN_LOAD_H

#include "instruction.h"
#include "reader.h"

// Reads one instruction's payload. What it allocates is freed by free_instruction, also after an error.
void load_instruction(struct reader *reader, struct instruction *instruction);
void free_instruction(struct instruction *instruction);

void load_chain(struct reader *reader, struct chain *chain);
void free_chain(struct chain *chain);

#endif
