using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Reads a stored value as the next step would, stores what was read once more, and compares the two as plain data.</summary>
/// <remarks>What is not stored at all was refused before, or is marked as no data. Here it is found what a type makes of what is stored:
/// members that follow from others which are not there any more, constructors and collections that take something else than they are
/// given.</remarks>
internal sealed class ReadBackComparison
{
    private const int MostDifferences = 100;
    private const int ComparedAtOnce = 64 << 10;
    private readonly List<Difference> _found = [];
    private readonly HashSet<(object, object)> _seen = new(PairComparer.Instance);

    private ReadBackComparison()
    {
    }

    /// <summary>Throws where a part of a value is read as another value.</summary>
    /// <param name="value">The value that was stored.</param>
    /// <param name="declared">The type that it is read into.</param>
    /// <param name="stored">What it was stored as.</param>
    /// <param name="name">The name of the value in errors.</param>
    /// <exception cref="Errors.StorageException">MF4114, or the error of reading it.</exception>
    public static void Require(object? value, Type declared, SerializedArtifact stored, string name)
    {
        var bytes = stored.Payload;
        var read = ArtifactSerializer.Deserialize(bytes, stored.Encoding, declared, name);
        new ReadBackObjects(name).Require(value, read);
        var again = ArtifactSerializer.SerializePlain(read, name).Payload;
        if (AreEqual(again, bytes))
        {
            return;
        }

        var differences = Find(bytes, again, declared, name);
        if (differences.Count == 0)
        {
            return;
        }

        // A member that is another one each time it is asked, such as an age, says nothing about what was stored.
        var restless = Find(bytes, ArtifactSerializer.SerializePlain(value, name).Payload, declared, name)
            .ConvertAll(static other => other.Path);
        if (differences.Find(difference => !restless.Contains(difference.Path)) is { } first)
        {
            throw SerializationErrors.ReadBackDiffers(first.Path, first.Set, first.Read);
        }
    }

    private static bool AreEqual(ReadOnlySequence<byte> one, ReadOnlySequence<byte> other)
    {
        var input = PickleInput.Of(other);
        foreach (var segment in one)
        {
            for (var rest = segment; !rest.IsEmpty;)
            {
                var count = Math.Min(rest.Length, ComparedAtOnce);
                if (!input.TryTake(count, out var bytes) || !bytes.SequenceEqual(rest.Span[..count]))
                {
                    return false;
                }

                rest = rest[count..];
            }
        }

        return input.Remaining == 0;
    }

    private static List<Difference> Find(ReadOnlySequence<byte> one, ReadOnlySequence<byte> other, Type declared, string name)
    {
        var comparison = new ReadBackComparison();
        comparison.Compare(PickleReader.Read(PickleInput.Of(one)), PickleReader.Read(PickleInput.Of(other)), declared, name);
        return comparison._found;
    }

    private void Compare(object? one, object? other, Type? declared, string path)
    {
        if (_found.Count >= MostDifferences || ReferenceEquals(one, other))
        {
            return;
        }

        if ((one, other) is (NumericArray { Shape.Count: 1 } or List<object?>, NumericArray { Shape.Count: 1 } or List<object?>)
            && one.GetType() != other.GetType())
        {
            // An array of numbers that is declared as an interface is read as a list of the same numbers.
            CompareItems([.. PlainItems.Of(one, typeof(object))!], [.. PlainItems.Of(other, typeof(object))!], ItemOf(declared), path);
        }
        else if ((one, other) is (Dictionary<object, object?>, List<object?>))
        {
            // A dictionary that is declared as a sequence of pairs.
            CompareItems(Pairs((Dictionary<object, object?>)one), (List<object?>)other, null, path);
        }
        else if (one is null || other is null || one.GetType() != other.GetType())
        {
            Add(path, one, other);
        }
        else if (one is string or ValueType)
        {
            Require(PythonEquality.Instance.Equals(one, other), path, one, other);
        }
        else if (_seen.Add((one, other)))
        {
            if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                CompareParts(one, other, declared, path);
            }
            else
            {
                CompareOnFreshStack(one, other, declared, path);
            }
        }
    }

    private static List<object?> Pairs(Dictionary<object, object?> entries)
        => [.. entries.Select(static entry => new PythonTuple(PlainItems.NoneOrKey(entry.Key), entry.Value))];

    // Apart from its caller, where the closure would be made for every value.
    private void CompareOnFreshStack(object one, object other, Type? declared, string path)
        => DeepStack.Continue(() => CompareParts(one, other, declared, path));

    private void CompareParts(object one, object other, Type? declared, string path)
    {
        switch (one, other)
        {
            case (List<object?> items, List<object?> others):
                CompareItems(items, others, ItemOf(declared), path);
                break;
            case (PythonTuple items, PythonTuple others):
                CompareItems(items, others, null, path);
                break;
            case (Dictionary<object, object?> entries, Dictionary<object, object?> others):
                CompareEntries(entries, others, declared, path);
                break;
            case (HashSet<object?> items, HashSet<object?> others):
                Require(items.SetEquals(others), path, one, other);
                break;
            case (byte[] bytes, byte[] others):
                Require(bytes.AsSpan().SequenceEqual(others), path, one, other);
                break;
            case (NumericArray numbers, NumericArray others):
                CompareNumbers(numbers, others, path);
                break;
            case (PythonObject instance, PythonObject another):
                CompareInstances(instance, another, path);
                break;
            default:
                Require(PythonEquality.Instance.Equals(one, other), path, one, other);
                break;
        }
    }

    private void CompareItems(IReadOnlyList<object?> items, IReadOnlyList<object?> others, Type? declared, string path)
    {
        if (items.Count != others.Count)
        {
            Add(path, items, others);
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            Compare(items[i], others[i], declared, At(path, i));
        }
    }

    private void CompareEntries(Dictionary<object, object?> entries, Dictionary<object, object?> others, Type? declared, string path)
    {
        foreach (var (key, value) in entries)
        {
            var (place, type) = Place(path, key, declared);
            if (others.TryGetValue(key, out var other))
            {
                Compare(value, other, type, place);
            }
            else
            {
                _found.Add(new Difference(place, PythonTypeName.OfPlain(value), "nothing"));
            }
        }

        foreach (var (key, value) in others.Where(entry => !entries.ContainsKey(entry.Key)))
        {
            _found.Add(new Difference(Place(path, key, declared).Path, "nothing", PythonTypeName.OfPlain(value)));
        }
    }

    private void CompareNumbers(NumericArray numbers, NumericArray others, string path)
    {
        if (numbers.ElementType.Code != others.ElementType.Code || !numbers.Shape.SequenceEqual(others.Shape))
        {
            Add(path, numbers, others);
            return;
        }

        var length = numbers.Shape.Aggregate(1L, static (product, axis) => product * axis);
        for (var i = 0; i < length && _found.Count < MostDifferences; i++)
        {
            Compare(numbers.GetValue(i), others.GetValue(i), null, At(path, i));
        }
    }

    private void CompareInstances(PythonObject instance, PythonObject other, string path)
    {
        Require(instance.Module == other.Module && instance.Name == other.Name, path, instance, other);
        CompareItems(instance.Arguments, other.Arguments, null, path);
        CompareItems(instance.Items, other.Items, null, path);
        Compare(instance.State, other.State, null, path);
    }

    private void Require(bool isSame, string path, object? one, object? other)
    {
        if (!isSame)
        {
            Add(path, one, other);
        }
    }

    private void Add(string path, object? one, object? other)
    {
        var (set, read) = (PythonTypeName.OfPlain(one), PythonTypeName.OfPlain(other));
        _found.Add(new Difference(path, set, set == read ? "another one" : read));
    }

    private static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Returns where an entry is, by the member's name where the entry is one's, and the type that it is declared as.</summary>
    private static (string Path, Type? Type) Place(string path, object key, Type? declared)
    {
        var shape = declared is null ? null : TypeShape.Of(Nullable.GetUnderlyingType(declared) ?? declared);
        if (shape is { Kind: ShapeKind.Record } && shape.Members.FirstOrDefault(member => member.Key.Equals(key)) is { } stored)
        {
            return ($"{path}.{stored.Name}", stored.Type);
        }

        var text = key is string name ? $"\"{name}\"" : PythonTypeName.OfPlain(key);
        return ($"{path}[{text}]", shape?.KeyAndValue?.Value);
    }

    private static Type? ItemOf(Type? declared)
        => declared is null ? null : declared.IsArray ? declared.GetElementType() : TypeShape.Of(declared).Element;

    private sealed record Difference(string Path, string Set, string Read);

    private sealed class PairComparer : IEqualityComparer<(object, object)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((object, object) x, (object, object) y)
            => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((object, object) obj)
            => HashCode.Combine(RuntimeHelpers.GetHashCode(obj.Item1), RuntimeHelpers.GetHashCode(obj.Item2));
    }
}
