using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>What cannot be given back whole is stored whole or refused.</summary>
public sealed class WholeObjectTests
{
    [Fact]
    public void A_property_with_a_private_setter_is_read_back()
    {
        var counter = new PrivateSetter();
        counter.Increment();
        Assert.Equal(1, Pickles.RoundTrip(counter).N);
    }

    [Fact]
    public void A_property_with_a_private_setter_in_a_base_is_read_back()
    {
        var counter = new DerivedSetter { Name = "a" };
        counter.Increment();
        var read = Pickles.RoundTrip(counter);
        Assert.Equal((1, "a"), (read.N, read.Name));
    }

    [Fact]
    public void Public_fields_of_a_class_are_read_back()
    {
        var read = Pickles.RoundTrip(new PublicFields(3) { N = 1, Name = "a" });
        Assert.Equal((1, "a", 3), (read.N, read.Name, read.Fixed));
    }

    [Fact]
    public void A_property_that_only_the_object_itself_sets_is_read_back()
    {
        var at = new ReadOnlyProperty(new DateTime(2020, 2, 3));
        Assert.Equal(at.Made, Pickles.RoundTrip(at).Made);
    }

    [Fact]
    public void A_property_that_keeps_its_value_by_the_keyword_is_read_back()
        => Assert.Equal("a", Pickles.RoundTrip(new KeywordProperty { Name = " a " }).Name);

    [Fact]
    public void A_property_that_overrides_another_is_read_back() => Assert.Equal(2, Pickles.RoundTrip(new Overriding { N = 2 }).N);

    [Fact]
    public void A_nested_list_of_such_objects_is_read_back()
    {
        var counter = new PrivateSetter();
        counter.Increment();
        Assert.Equal(1, Pickles.RoundTrip(new Dictionary<string, List<PrivateSetter>> { ["a"] = [counter] })["a"][0].N);
    }

    [Fact]
    public void A_member_that_is_marked_as_no_data_is_neither_stored_nor_missed()
    {
        var read = Pickles.RoundTrip(new WithCache { N = 2 });
        Assert.Equal((2, 4, 0), (read.N, read.Double(), read.Scratch));
    }

    [Fact]
    public void A_type_whose_public_members_are_all_is_stored_by_them() => Assert.Equal(3, Pickles.RoundTrip(new Marked { N = 3 }).N);

    [Fact]
    public void A_collection_of_ones_own_is_read_back() => Assert.Equal([1.0, 2.0], Pickles.RoundTrip(new OwnCollection { 1, 2 }));

    public static TheoryData<object, string> Lossy => new()
    {
        { new PrivateState(), "the field '_weights'" },
        { new Captured(2), "the constructor's parameter 'factor'" },
        { new InternalProperty { N = 1 }, "the property 'N'" },
        { new Notifying(), "the field 'Changed'" },
        { new DerivedFromPrivate { N = 1 }, "the field '_weights' of its base 'PrivateState'" },
        { new Shadowing { N = 1 }, "the property 'N' of its base 'Shadowed'" },
        { new GenericDerived { N = 1 }, "the field '_value' of its base 'GenericBase<Int32>'" },
        { new NamedList { Name = "a" }, "the property 'Name'" },
        { new NamedTable { Name = "a" }, "the field 'Name'" },
        { new PrivateStructure(1), "the field '_n'" },
        { new OwnNamedCollection { Name = "a" }, "the property 'Name'" },
        { new List<object> { new PrivateState() }, "the field '_weights'" },
        { new Marked[] { new MarkedDerived() }, "the field '_own'" },
    };

    [Theory]
    [MemberData(nameof(Lossy))]
    public void An_object_with_state_that_is_not_stored_is_refused(object value, string lost)
    {
        var error = Assert.Throws<StorageException>(() => Pickles.Write(value));
        Assert.Equal(ErrorCodes.StateWouldBeLost, error.Code);
        Assert.Contains(lost + " would be lost", error.Message, StringComparison.Ordinal);
    }

    private class PrivateSetter
    {
        public int N { get; private set; }

        public void Increment() => N++;
    }

    private sealed class DerivedSetter : PrivateSetter
    {
        public string Name { get; init; } = "";
    }

    private sealed class PublicFields
    {
        public readonly int Fixed;
        public int N;
        public string Name = "";

        public PublicFields()
        {
        }

        public PublicFields(int first) => Fixed = first;
    }

    private sealed class ReadOnlyProperty
    {
        public ReadOnlyProperty()
            : this(default)
        {
        }

        public ReadOnlyProperty(DateTime time) => Made = time;

        public DateTime Made { get; }
    }

    private sealed class KeywordProperty
    {
        public string Name
        {
            get;
            set => field = value.Trim();
        } = "";
    }

    private class Overridden
    {
        public virtual int N { get; set; }
    }

    private sealed class Overriding : Overridden
    {
        public override int N { get; set; }
    }

    private sealed class WithCache
    {
        [ArtifactIgnore]
        private int? _double;

        public int N { get; init; }

        [ArtifactIgnore]
        public int Scratch { get; set; }

        public int Double() => _double ??= N * 2;
    }

    [ArtifactByPublicMembers]
    private class Marked
    {
        private int _n;

        public int N
        {
            get => _n;
            set => _n = value;
        }
    }

    private sealed class MarkedDerived : Marked
    {
        private readonly int _own = Environment.ProcessId;

        public override string ToString() => $"{_own}";
    }

    private sealed class OwnCollection : ICollection<double>
    {
        private readonly List<double> _items = [];

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public void Add(double item) => _items.Add(item);

        public void Clear() => _items.Clear();

        public bool Contains(double item) => _items.Contains(item);

        public void CopyTo(double[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public bool Remove(double item) => _items.Remove(item);

        public IEnumerator<double> GetEnumerator() => _items.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class OwnNamedCollection : IEnumerable<int>
    {
        public string Name { get; set; } = "";

        public IEnumerator<int> GetEnumerator() => Enumerable.Empty<int>().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private class PrivateState
    {
        private readonly Dictionary<string, double> _weights = new() { ["a"] = 1 };

        public int Size => _weights.Count;
    }

    private sealed class DerivedFromPrivate : PrivateState
    {
        public int N { get; set; }
    }

    private sealed class Captured(int factor)
    {
        public int Times(int n) => n * factor;
    }

    private sealed class InternalProperty
    {
        internal int N { get; set; }
    }

    private sealed class Notifying
    {
        public event EventHandler? Changed = (_, _) => { };

        public void Raise() => Changed?.Invoke(this, EventArgs.Empty);
    }

    private class Shadowed
    {
        public string N { get; set; } = "";
    }

    private sealed class Shadowing : Shadowed
    {
        public new int N { get; set; }
    }

    private class GenericBase<T>
    {
        private T? _value;

        public void Keep(T value) => _value = value;

        public override string ToString() => $"{_value}";
    }

    private sealed class GenericDerived : GenericBase<int>
    {
        public int N { get; set; }
    }

    private sealed class NamedList : List<int>
    {
        public string Name { get; set; } = "";
    }

    private sealed class NamedTable : Dictionary<string, int>
    {
        public string Name = "";
    }

    private readonly struct PrivateStructure(int n)
    {
        private readonly int _n = n;

        public override string ToString() => $"{_n}";
    }
}
