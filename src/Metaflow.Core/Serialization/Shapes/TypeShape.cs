using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace Metaflow.Serialization;

/// <summary>What a type is stored as.</summary>
internal enum ShapeKind
{
    /// <summary>A dictionary of its public members.</summary>
    Record,

    /// <summary>A list of what it enumerates.</summary>
    Sequence,

    /// <summary>A set.</summary>
    Set,

    /// <summary>A dictionary of its pairs.</summary>
    Dictionary,

    /// <summary>A tuple of key and value.</summary>
    Pair,

    /// <summary>A value that the writer and the reader know by its type.</summary>
    Scalar,

    /// <summary>Nothing: it cannot be stored.</summary>
    Forbidden,
}

/// <summary>What reflection knows of a type, found once.</summary>
internal sealed class TypeShape
{
    // The one cache that lives as long as the process: shapes are facts of types, are found once and never change.
    private static readonly ConcurrentDictionary<Type, TypeShape> Known = new();

    private readonly Lazy<IReadOnlyList<MemberShape>> _members;
    private readonly Lazy<ConstructionPlan> _construction;
    private readonly Lazy<SequenceFactory> _sequences;
    private readonly Lazy<DictionaryFactory> _dictionaries;
    private readonly Lazy<bool> _mayDiffer;
    private readonly Lazy<bool> _partsMayDiffer;
    private readonly Lazy<string?> _lost;
    private readonly Lazy<IReadOnlyList<FieldInfo>> _hidden;
    private readonly Lazy<IReadOnlyDictionary<string, object>> _formerMembers;

    private TypeShape(Type type)
    {
        Type = type;
        _members = new Lazy<IReadOnlyList<MemberShape>>(() => MemberShape.OfType(type));
        _construction = new Lazy<ConstructionPlan>(() => new ConstructionPlan(type, Members));
        _sequences = new Lazy<SequenceFactory>(() => SequenceFactory.Of(Element!));
        _dictionaries = new Lazy<DictionaryFactory>(() => DictionaryFactory.Of(KeyAndValue!.Value.Key, KeyAndValue.Value.Value));
        _mayDiffer = new Lazy<bool>(() => ReadableTypes.MayDiffer(type));
        _partsMayDiffer = new Lazy<bool>(() => ReadableTypes.Parts(type).Any(part => Of(part).MayDiffer));
        _lost = new Lazy<string?>(() => StoredFields.FirstLost(this));
        _hidden = new Lazy<IReadOnlyList<FieldInfo>>(() => Kind == ShapeKind.Record ? StoredFields.Hidden(this) : []);
        _formerMembers = new Lazy<IReadOnlyDictionary<string, object>>(FindFormerMembers);
        var interfaces = type.IsInterface ? [type, .. type.GetInterfaces()] : type.GetInterfaces();
        KeyAndValue = PairOf(interfaces, typeof(IDictionary<,>)) ?? PairOf(interfaces, typeof(IReadOnlyDictionary<,>));
        Element = FrameworkTypes.ArgumentsOf(interfaces, typeof(IEnumerable<>))?[0];
        Kind = FindKind(type, interfaces);
        IsUnordered = type.FullName is { } name && (name.StartsWith("System.Collections.Immutable.Immutable", StringComparison.Ordinal)
            || name.StartsWith("System.Collections.Frozen.", StringComparison.Ordinal)
            || name.StartsWith("System.Collections.Concurrent.ConcurrentDictionary", StringComparison.Ordinal)
            || type == typeof(Hashtable));
    }

    public Type Type { get; }

    public ShapeKind Kind { get; }

    /// <summary>Gets the types of keys and values of a dictionary.</summary>
    public (Type Key, Type Value)? KeyAndValue { get; }

    /// <summary>Gets the type of the items; <see langword="null"/> when it is not a generic collection.</summary>
    public Type? Element { get; }

    /// <summary>Gets a value indicating whether the order of items depends on hashes, which differ from process to process for
    /// texts.</summary>
    public bool IsUnordered { get; }

    /// <summary>Gets the members of a record, those of its base first.</summary>
    public IReadOnlyList<MemberShape> Members => _members.Value;

    /// <summary>Gets how a record is made.</summary>
    public ConstructionPlan Construction => _construction.Value;

    /// <summary>Gets the maker of a collection of <see cref="Element"/>.</summary>
    public SequenceFactory Sequences => _sequences.Value;

    /// <summary>Gets the maker of a dictionary of <see cref="KeyAndValue"/>.</summary>
    public DictionaryFactory Dictionaries => _dictionaries.Value;

    /// <summary>Gets a value indicating whether a value of the type, or a part of one, may not be read back as what it is.</summary>
    public bool MayDiffer => _mayDiffer.Value;

    /// <summary>Gets a value indicating whether a part of a value of exactly this type may not be read back as what it is.</summary>
    public bool PartsMayDiffer => _partsMayDiffer.Value;

    /// <summary>Gets the fields that members of derived classes hide.</summary>
    public IReadOnlyList<FieldInfo> Hidden => _hidden.Value;

    /// <summary>Gets the first part of the object's state that is not stored, as text for an error; <see langword="null"/> when all
    /// is.</summary>
    public string? Lost => _lost.Value;

    /// <summary>Gets the members of an enumeration by the names that they had before.</summary>
    public IReadOnlyDictionary<string, object> FormerMembers => _formerMembers.Value;

    public static TypeShape Of(Type type) => Known.GetOrAdd(type, static type => new TypeShape(type));

    private static (Type Key, Type Value)? PairOf(IEnumerable<Type> interfaces, Type definition) =>
        FrameworkTypes.ArgumentsOf(interfaces, definition) is [var key, var value] ? (key, value) : null;

    private Dictionary<string, object> FindFormerMembers()
    {
        var members = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var field in Type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            foreach (var former in field.GetCustomAttributes<FormerArtifactNameAttribute>())
            {
                members.TryAdd(former.Name, field.GetValue(null)!);
            }
        }

        return members;
    }

    private ShapeKind FindKind(Type type, Type[] interfaces)
    {
        if (FrameworkTypes.IsOfOneProcess(type))
        {
            return ShapeKind.Forbidden;
        }

        if (FrameworkTypes.IsScalar(type))
        {
            return ShapeKind.Scalar;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            return ShapeKind.Pair;
        }

        if (KeyAndValue is not null || typeof(IDictionary).IsAssignableFrom(type))
        {
            return ShapeKind.Dictionary;
        }

        if (FrameworkTypes.ArgumentsOf(interfaces, typeof(ISet<>)) is not null
            || FrameworkTypes.ArgumentsOf(interfaces, typeof(IReadOnlySet<>)) is not null)
        {
            return ShapeKind.Set;
        }

        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            return ShapeKind.Sequence;
        }

        return FrameworkTypes.LosesState(type) ? ShapeKind.Forbidden : ShapeKind.Record;
    }
}
