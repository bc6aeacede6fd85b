namespace Metaflow.Serialization;

/// <summary>A place of a <see cref="PickleCursor"/> to go back to.</summary>
/// <param name="Position">The place in the pickle.</param>
/// <param name="MemoCount">How many objects were remembered.</param>
/// <param name="IsFirst">Whether the window is kept from here on.</param>
internal readonly record struct CursorMark(long Position, int MemoCount, bool IsFirst);
