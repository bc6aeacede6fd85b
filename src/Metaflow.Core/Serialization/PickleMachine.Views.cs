namespace Metaflow.Serialization;

/// <content>Contents of arrays that stay where they are in the pickle.</content>
internal sealed partial class PickleMachine
{
    private const int ShortestView = 4096;

    /// <summary>Gets a value indicating whether arrays of numbers view the pickle, which must then outlive them.</summary>
    public bool ViewsContent { get; init; }

    private object Bytes(long length)
    {
        var start = _position;
        var bytes = Take(length);
        return ViewsContent && length >= ShortestView && IsStateOfArray() ? new ContentView(payload.Slice(start, bytes.Length)) : bytes.ToArray();
    }

    // The last item of a tuple that becomes the state of an object at once, as of NumPy's arrays.
    private bool IsStateOfArray()
    {
        var rest = SkipMemo(payload.Span[_position..]);
        return rest is [PickleOpcode.Tuple, ..] && SkipMemo(rest[1..]) is [PickleOpcode.Build, ..];
    }

    private static ReadOnlySpan<byte> SkipMemo(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var length = rest[0] switch
            {
                PickleOpcode.Memoize => 1,
                PickleOpcode.Put => 2,
                PickleOpcode.LongPut => 5,
                PickleOpcode.Frame => 9,
                _ => 0,
            };
            if (length == 0)
            {
                break;
            }

            rest = rest[Math.Min(length, rest.Length)..];
        }

        return rest;
    }

    /// <summary>Returns a value without views, for what is not an array of numbers.</summary>
    private static object? WithoutViews(object? value) => value switch
    {
        ContentView view => view.Bytes.ToArray(),
        PythonTuple tuple when tuple.Any(item => item is ContentView) => new PythonTuple([.. tuple.Select(WithoutViews)]),
        _ => value,
    };
}

/// <summary>Bytes that lie in the pickle.</summary>
/// <param name="Bytes">The bytes.</param>
internal sealed record ContentView(ReadOnlyMemory<byte> Bytes);
