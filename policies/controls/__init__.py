"""Controls of public frameworks, and the rules that contribute to them; nothing here says that one is complied with."""
