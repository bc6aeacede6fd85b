using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Values of which the type does not tell whether all of them is given back: they are read back when they are stored, and refused
/// where they are others.</summary>
public sealed class ReadBackWhenStoredTests
{
    private static readonly DateTime _noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    public static TheoryData<object> Lost =>
    [
        new HashSet<TimeSpan> { new(1), new(2) },
        new Dictionary<DateTime, int> { [_noon.AddTicks(1)] = 1, [_noon.AddTicks(2)] = 2 },
        new SortedDictionary<DateTimeOffset, int>
        {
            [new DateTimeOffset(_noon.AddTicks(1))] = 1,
            [new DateTimeOffset(_noon.AddTicks(2))] = 2,
        },
        new Dictionary<(TimeOnly, string), int> { [(new TimeOnly(1), "a")] = 1, [(new TimeOnly(2), "a")] = 2 },
        new Dictionary<Moment, int> { [new Moment(new TimeSpan(1))] = 1, [new Moment(new TimeSpan(2))] = 2 },
        new Dictionary<string, int> { ["a"] = 1 }.ToDictionary(
            static pair => new TimeSpan(pair.Value), static pair => new HashSet<TimeSpan> { new(1), new(2) }),
        new[] { new TimeSpan(1), new TimeSpan(2) }.ToFrozenSet(),
        ImmutableDictionary<TimeSpan, int>.Empty.Add(new TimeSpan(1), 1).Add(new TimeSpan(2), 2),
        new ReadOnlyDictionary<TimeSpan, int>(new Dictionary<TimeSpan, int> { [new TimeSpan(1)] = 1, [new TimeSpan(2)] = 2 }),
        new HashSet<object> { 0.5f, 0.5 },
        new HashSet<object> { new Rune('a'), "a" },
        new HashSet<object> { new Complex(1, 0), 1 },
        new HashSet<object> { 1m, 1 },
        new HashSet<object> { (1, 2), (1.0, 2), (true, 2) },
        new Dictionary<(object, string), int> { [("1.0", "x")] = 1, [(new Version(1, 0), "x")] = 2 },
        new HashSet<Marked> { new("a") { Hidden = 1 }, new("a") { Hidden = 2 } },
        new Doubling { 1, 2 },
        new Fronting { 1, 2 },
        new Recent { ["a"] = 1, ["b"] = 2 },
        new Series("by name", 1, 2),
        new Scaled(2.5) { 1, 2 },
        new Hiding { X = 5 }.WithBase(7),
        new Raised { X = 5 },
        new Four { First = 1 },
        new string[0, 5],
        new string[2, 0, 3],
        Array.CreateInstance(typeof(double), [2], [1]),
        JsonDocument.Parse("{\"a\": 1, \"a\": 2}").RootElement,
        Family(),
        Person.Friends(),
    ];

    public static TheoryData<object> Kept =>
    [
        new HashSet<TimeSpan> { TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2) },
        new Dictionary<DateTime, int> { [_noon] = 1, [_noon.AddTicks(10)] = 2 },
        new Dictionary<(string, int), int> { [("a", 1)] = 1, [("a", 2)] = 2 },
        new Dictionary<Moment, int> { [new Moment(TimeSpan.FromSeconds(1))] = 1, [new Moment(TimeSpan.FromSeconds(2))] = 2 },
        new HashSet<object> { 1, 2.5, "a" },
        new Starting { 1 },
        new StartingMap { ["b"] = 1 },
        new HayStack<int>([1, 2, 3]),
        new IntStack([1, 2]),
        new Stack<int>([1, 2]),
        new Named("by name") { 1, 2 },
        new Hiding { X = 5 },
        new string[2, 0],
        new string[0, 0],
    ];

    [Theory]
    [MemberData(nameof(Lost), DisableDiscoveryEnumeration = true)]
    public void What_would_be_read_back_as_another_value_is_refused(object value)
    {
        var error = Assert.ThrowsAny<StorageException>(() => ArtifactSerializer.Serialize(value, value.GetType(), "x"));
        Assert.Contains(error.Code, new[] { ErrorCodes.StateWouldBeLost, ErrorCodes.ReadBackDiffers, ErrorCodes.CycleThroughConstructor });
    }

    [Theory]
    [MemberData(nameof(Kept), DisableDiscoveryEnumeration = true)]
    public void What_is_read_back_as_it_is_is_stored(object value)
    {
        var stored = ArtifactSerializer.Serialize(value, value.GetType(), "x");
        ArtifactSerializer.RequireSameWhenRead(value, value.GetType(), stored, "x");
        var read = ArtifactSerializer.Deserialize(Pickles.Bytes(stored), stored.Encoding, value.GetType());
        Assert.Equal(Text(value), Text(read));
    }

    [Fact]
    public void A_structure_is_made_by_its_constructor_where_entries_are_missing()
    {
        var old = ArtifactSerializer.Serialize(new { amount = 1.5m, currency = "EUR" }, typeof(object));
        Assert.Equal(2, ArtifactSerializer.Deserialize<Money>(Pickles.Bytes(old), old.Encoding).Scale);
        Assert.Equal(2, ArtifactSerializer.Deserialize<Money?>(Pickles.Bytes(old), old.Encoding)!.Value.Scale);
        Assert.Equal(3, ArtifactSerializer.Deserialize<Started>(Pickles.Bytes(old), old.Encoding).Scale);
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<Noted>(Pickles.Bytes(old), old.Encoding));
        Assert.Contains("note", error.Message, StringComparison.Ordinal);
        Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<Scaling>(Pickles.Bytes(old), old.Encoding));
    }

    private static string Text(object? value) => value switch
    {
        string text => text,
        Array { Rank: > 1 } array => string.Join('x', Enumerable.Range(0, array.Rank).Select(array.GetLength)),
        IEnumerable items => $"{value.GetType().Name}[{string.Join(", ", items.Cast<object?>().Select(Text))}]",
        _ => $"{value}",
    };

    private static Parent Family()
    {
        var parent = new Parent("a", []);
        parent.Children.Add(new Parent("b", []) { Above = parent });
        return parent;
    }

    internal readonly record struct Money(decimal Amount, string Currency, int Scale = 2);

    internal readonly record struct Scaling(decimal Amount, string Currency, int Scale);

    internal readonly record struct Noted(decimal Amount, string Currency, string Note);

    internal record struct Started(decimal Amount, string Currency)
    {
        public int Scale { get; set; } = 3;
    }

    internal readonly record struct Moment(TimeSpan At);

    internal sealed record Marked(string Name)
    {
        [ArtifactIgnore]
        public int Hidden { get; init; }
    }

    internal sealed class Doubling : Collection<int>
    {
        protected override void InsertItem(int index, int item) => base.InsertItem(index, item * 2);
    }

    internal sealed class Fronting : Collection<int>
    {
        protected override void InsertItem(int index, int item) => base.InsertItem(0, item);
    }

    /// <summary>Has what was set last in front.</summary>
    internal sealed class Recent : IDictionary<string, int>
    {
        private readonly List<KeyValuePair<string, int>> _entries = [];

        public ICollection<string> Keys => [.. _entries.Select(static entry => entry.Key)];

        public ICollection<int> Values => [.. _entries.Select(static entry => entry.Value)];

        public int Count => _entries.Count;

        public bool IsReadOnly => false;

        public int this[string key]
        {
            get => _entries.Find(entry => entry.Key == key).Value;
            set
            {
                Remove(key);
                _entries.Insert(0, new KeyValuePair<string, int>(key, value));
            }
        }

        public void Add(string key, int value) => this[key] = value;

        public void Add(KeyValuePair<string, int> item) => this[item.Key] = item.Value;

        public void Clear() => _entries.Clear();

        public bool Contains(KeyValuePair<string, int> item) => _entries.Contains(item);

        public bool ContainsKey(string key) => _entries.Exists(entry => entry.Key == key);

        public void CopyTo(KeyValuePair<string, int>[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

        public bool Remove(string key) => _entries.RemoveAll(entry => entry.Key == key) > 0;

        public bool Remove(KeyValuePair<string, int> item) => Remove(item.Key);

        public bool TryGetValue(string key, out int value)
        {
            value = ContainsKey(key) ? this[key] : 0;
            return ContainsKey(key);
        }

        public IEnumerator<KeyValuePair<string, int>> GetEnumerator() => _entries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    internal sealed class Series : IEnumerable<double>
    {
        private readonly string _name;
        private readonly List<double> _values;

        public Series(IEnumerable<double> values) => (_name, _values) = ("default", [.. values]);

        public Series(string name, params double[] values) => (_name, _values) = (name, [.. values]);

        public string Name => _name;

        public IEnumerator<double> GetEnumerator() => _values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    internal abstract class Numbers : ICollection<int>
    {
        private readonly List<int> _items = [];

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public void Add(int item) => _items.Add(item);

        public void Clear() => _items.Clear();

        public bool Contains(int item) => _items.Contains(item);

        public void CopyTo(int[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public bool Remove(int item) => _items.Remove(item);

        public virtual IEnumerator<int> GetEnumerator() => _items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    internal sealed class Scaled(double factor) : Numbers
    {
        public Scaled()
            : this(1)
        {
        }

        public override IEnumerator<int> GetEnumerator()
        {
            using var items = base.GetEnumerator();
            while (items.MoveNext())
            {
                yield return (int)(items.Current * (factor / factor));
            }
        }
    }

    internal sealed class Named(string name) : Numbers
    {
        public Named()
            : this("")
        {
        }

        [field: ArtifactIgnore]
        public string Name { get; } = name;
    }

    internal class Plain
    {
        public virtual int X { get; set; }
    }

    internal sealed class Raised : Plain
    {
        public override int X => base.X + 1;
    }

    internal sealed class Hiding : Plain
    {
        public override int X { get; set; }

        public Hiding WithBase(int value)
        {
            base.X = value;
            return this;
        }
    }

    internal struct Four
    {
        public Cells Cells;

        public int First { readonly get => Cells[0]; set => Cells[0] = value; }
    }

    [InlineArray(4)]
    internal struct Cells
    {
        public int Cell;
    }

    internal sealed class Starting : List<int>
    {
        public Starting() => Add(42);
    }

    internal sealed class StartingMap : Dictionary<string, int>
    {
        public StartingMap() => Add("a", 42);
    }

    internal sealed class HayStack<T>(IEnumerable<T> items) : IEnumerable<T>
    {
        private readonly List<T> _items = [.. items];

        public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    internal sealed class IntStack(IEnumerable<int> items) : Stack<int>(items);

    internal sealed record Parent(string Name, List<Parent> Children)
    {
        public Parent? Above { get; set; }
    }

    internal sealed class Person
    {
        public HashSet<Person> Known { get; set; } = [];

        public string Name { get; set; } = "";

        public static Person Friends()
        {
            var (one, other) = (new Person { Name = "a" }, new Person { Name = "b" });
            one.Known.Add(other);
            other.Known.Add(one);
            return one;
        }

        public override bool Equals(object? obj) => obj is Person person && person.Name == Name;

        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
    }
}
