"""The settlement banks from Wuhan's side: what they tell, what they are instructed, whether they agree."""
