"""`python -m capstan` is the command."""

from capstan import main

main()
