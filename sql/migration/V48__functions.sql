-- Functions stand whole in sql/function/ from here on, and change there: nothing is left to change a part of one.
drop function replace_in(text, text, text);
