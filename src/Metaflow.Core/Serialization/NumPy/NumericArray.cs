using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Serialization;

/// <summary>A NumPy array as plain data: the type and shape of its items and their bytes.</summary>
/// <remarks>If possible, it is a view of the bytes that the reader got.</remarks>
public sealed class NumericArray
{
    private bool? _readsCounts;
    private ReadOnlyMemory<byte> _data;

    // A large array is read into the array of .NET that most readers want; it is given out once.
    private Array? _items;
    private bool _isTaken;

    /// <summary>Initializes an array.</summary>
    /// <param name="elementType">The type of the items.</param>
    /// <param name="shape">The length of each axis; empty for a single item.</param>
    /// <param name="data">The bytes of the items; empty for an array of objects.</param>
    /// <param name="isFortranOrder">Whether the first axis varies fastest. The default is the last.</param>
    internal NumericArray(NumericType elementType, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data, bool isFortranOrder = false)
    {
        ElementType = elementType;
        Shape = shape;
        _data = data;
        IsFortranOrder = isFortranOrder;
    }

    /// <summary>Gets the type of the items.</summary>
    public NumericType ElementType { get; private set; }

    /// <summary>Gets the length of each axis; empty for a single item.</summary>
    public IReadOnlyList<long> Shape { get; private set; }

    /// <summary>Gets the bytes of the items; empty for an array of objects.</summary>
    /// <exception cref="StorageException">They are more than one memory has (MF4012): read the array as an array of .NET.</exception>
    public ReadOnlyMemory<byte> Data => _items is null ? _data
        : DataLength <= int.MaxValue ? ArrayMemory.Slice(_items, 0, (int)DataLength)
        : throw SerializationErrors.BytesTooLong(DataLength);

    /// <summary>Gets the items of an array of objects in the order they are stored; <see langword="null"/> for others.</summary>
    public IReadOnlyList<object?>? Objects { get; private set; }

    /// <summary>Gets a value indicating whether the first axis varies fastest in <see cref="Data"/> or <see cref="Objects"/>.</summary>
    public bool IsFortranOrder { get; private set; }

    /// <summary>Gets a value indicating whether the items are times or durations.</summary>
    internal bool IsTime => ElementType.Kind is 'M' or 'm' && Objects is null;

    /// <summary>Gets the bytes of the items in parts, as there may be more than one memory has.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> DataParts
        => _items is null ? [_data] : ArrayMemory.Parts(_items);

    private long DataLength => _items is null ? _data.Length : ArrayMemory.LengthOf(_items);

    /// <summary>Gets the number of items.</summary>
    public long Length => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>Returns an item as a plain value.</summary>
    /// <param name="index">The index of the item, counted row by row (the last axis fastest).</param>
    /// <returns>A number, text, time, byte array, dictionary of fields or object. If a time of the array is finer than .NET's 100
    /// nanoseconds, all its times are counts of their unit.</returns>
    public object? GetValue(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
        var position = Position(index);
        return Objects is not null ? Objects[(int)position]
            : IsTime && (_readsCounts ??= HasInexactTime()) ? GetCount(index)
            : ElementType.Read(ItemAt(position));
    }

    /// <summary>Returns a time or duration as the count of its unit, which is exact whatever the unit.</summary>
    /// <param name="index">The index of the item, counted row by row.</param>
    /// <returns>The count; <see langword="null"/> for "not a time".</returns>
    internal object? GetCount(long index) => NumericTime.CountOf(ElementType.InNativeOrder(ItemAt(Position(index))));

    /// <summary>Returns the value at an index of the first axis: an item of a one-dimensional array, otherwise an array.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The item, or an array with one axis less.</returns>
    public object? GetItem(long index)
    {
        ArgumentOutOfRangeException.ThrowIfZero(Shape.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Shape[0]);
        if (Shape.Count == 1)
        {
            return GetValue(index);
        }

        var rest = Shape.Skip(1).ToArray();
        var length = (int)rest.Aggregate(1L, (product, axis) => product * axis);
        if (Objects is not null)
        {
            var items = Enumerable.Range(0, length).Select(i => GetValue((index * length) + i)).ToList();
            return new NumericArray(ElementType, rest, default) { Objects = items };
        }

        if (IsFortranOrder)
        {
            var rows = BitConverter.IsLittleEndian ? new NumericArray(ToNative(), Shape, NumericLayout.Normalize(this)) : this;
            return rows.GetItem(index);
        }

        var size = checked(length * ElementType.ItemSize);
        return new NumericArray(ElementType, rest, DataAt(index * size, size));
    }

    /// <summary>Returns the items row by row.</summary>
    /// <typeparam name="T">The .NET type of the items. It must be exactly that of <see cref="ElementType"/>.</typeparam>
    /// <returns>A new array.</returns>
    /// <exception cref="StorageException">The items are of another type (MF4103).</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var target = new T[Length];
        return TryCopyTo(target) ? target : throw SerializationErrors.DoesNotFit(new ValuePath("value"), typeof(T[]), Describe());
    }

    /// <summary>Returns what the array is, for an error.</summary>
    internal string Describe() => $"a numpy.ndarray of {ElementType.Code} with shape ({string.Join(", ", Shape)})";

    /// <summary>Fills an array that was announced before its content was known.</summary>
    internal void Fill(NumericType elementType, IReadOnlyList<long> shape, bool isFortranOrder, object content)
    {
        ElementType = elementType;
        Shape = shape;
        IsFortranOrder = isFortranOrder;
        _items = (content as ContentItems)?.Items;
        _data = content is ContentView view ? view.Bytes : content as byte[];
        Objects = content as List<object?>;
    }

    /// <summary>Gives out the array of .NET into which the items were read, if there is one of exactly this type; nobody else has
    /// it.</summary>
    /// <param name="type">The type of the array.</param>
    /// <returns>The array; <see langword="null"/> if the items are to be copied.</returns>
    internal Array? TryTake(Type type)
    {
        if (_isTaken || _items is null || _items.GetType() != type)
        {
            return null;
        }

        _isTaken = true;
        return _items;
    }

    /// <summary>Copies all items into an array of the same type and number, row by row.</summary>
    /// <returns>Whether the types are the same.</returns>
    internal bool TryCopyTo(Array target)
    {
        var wanted = NumericType.OfElement(target.GetType().GetElementType()!);
        if (wanted is null || Objects is not null || wanted.Kind != ElementType.Kind || wanted.ItemSize != ElementType.ItemSize
            || target.LongLength != Length)
        {
            return false;
        }

        if (_items is not null)
        {
            ArrayMemory.Copy(_items, target);
            return true;
        }

        LargeMemory.Prepare(target, Data.Length);
        var bytes = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(target), Data.Length);
        NumericLayout.Normalize(this).Span.CopyTo(bytes);
        return true;
    }

    /// <summary>Returns where an item lies in <see cref="Data"/>, in items.</summary>
    internal long Position(long index)
    {
        if (!IsFortranOrder || Shape.Count < 2)
        {
            return index;
        }

        long position = 0;
        var length = Length;
        for (var axis = Shape.Count - 1; axis >= 0; axis--)
        {
            length /= Shape[axis];
            position += index % Shape[axis] * length;
            index /= Shape[axis];
        }

        return position;
    }

    private ReadOnlySpan<byte> ItemAt(long position) => DataAt(position * ElementType.ItemSize, ElementType.ItemSize).Span;

    private ReadOnlyMemory<byte> DataAt(long start, int length)
        => _items is null ? _data.Slice((int)start, length) : ArrayMemory.Slice(_items, start, length);

    private bool HasInexactTime()
    {
        for (var i = 0; i < Length; i++)
        {
            if (ElementType.Read(ItemAt(i)) is long)
            {
                return true;
            }
        }

        return false;
    }

    private NumericType ToNative()
        => ElementType.IsNativeOrder ? ElementType : NumericType.FromCode(ElementType.Code.Replace('>', '<')) ?? ElementType;
}
