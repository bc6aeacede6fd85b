using System.Runtime.InteropServices;
using Metaflow.Platform;

namespace Metaflow.Serialization;

/// <content>Bytes, and the contents of arrays, which are read to where they stay.</content>
internal sealed partial class PickleMachine
{
    // What is shorter is copied: a view would keep the whole pickle alive for it.
    private const int ShortestView = 4096;

    // What tells that bytes are the content of an array comes in no more bytes.
    private const int LongestEnd = 64;

    /// <summary>Gets a value indicating whether arrays of numbers view the pickle, which must then outlive them.</summary>
    public bool ViewsContent { get; init; }

    private bool MayView => ViewsContent || !input.IsWhole;

    private object Bytes(long length)
    {
        Require(length);
        if (input.IsWhole)
        {
            var view = input.TakeView((int)length);
            return ViewsContent && length >= ShortestView && IsStateOfArray() ? new ContentView(view) : view.ToArray();
        }

        var items = length >= ShortestView ? ItemsOfArray(length) : null;
        return items is null ? ReadBytes(length) : ReadItems(items);
    }

    private byte[] ReadBytes(long length)
    {
        if (length > Array.MaxLength)
        {
            throw SerializationErrors.BytesTooLong(length);
        }

        var bytes = LargeMemory.Bytes((int)length);
        return input.TryTake(bytes) ? bytes : throw CutOff(length);
    }

    private object ReadItems(Array items)
    {
        foreach (var part in ArrayMemory.Parts(items))
        {
            if (!input.TryTake(MemoryMarshal.AsMemory(part)))
            {
                throw CutOff(part.Length);
            }
        }

        var content = new ContentItems(items);
        return IsStateOfArray() ? content : WithoutViews(content)!;
    }

    /// <summary>Makes the array of .NET whose items the next bytes are: the content of NumPy's array that was announced, and whose shape
    /// and type were read before it.</summary>
    /// <returns>The array, or <see langword="null"/> if the bytes are anything else.</returns>
    private Array? ItemsOfArray(long length)
    {
        var mark = _marks.Count == 0 ? 0 : _marks[^1];
        if (mark == 0 || _stack.Count - mark is not (3 or 4)
            || _stack[mark - 1] is not NumericArray || _stack[^3] is not PythonTuple shape || _stack[^2] is not NumericType type
            || (_stack[^1] is not (false or 0L) && shape.Count > 1))
        {
            return null;
        }

        var items = NumericShape.TryMakeItems(type, shape, length);
        if (items is not null)
        {
            LargeMemory.Prepare(items, length);
        }

        return items;
    }

    // The last item of a tuple that becomes the state of an object at once, as of NumPy's arrays.
    private bool IsStateOfArray()
    {
        var rest = SkipMemo(input.Peek(LongestEnd));
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
        ContentItems { Items: var items } => ArrayMemory.ToBytes(items),
        PythonTuple tuple when tuple.Any(item => item is ContentView or ContentItems) => new PythonTuple([.. tuple.Select(WithoutViews)]),
        _ => value,
    };
}
