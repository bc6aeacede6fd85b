using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Metadata;
using Metaflow.Environments.Checks;

namespace Metaflow.Environments.Crossings;

/// <summary>How values of a type are stored and read.</summary>
internal enum FormKind
{
    /// <summary>In a way that is not known here.</summary>
    Unknown,

    /// <summary>As true or false.</summary>
    Flag,

    /// <summary>As a whole number.</summary>
    Integer,

    /// <summary>As a number with a binary fraction.</summary>
    Float,

    /// <summary>As a decimal number.</summary>
    Decimal,

    /// <summary>As a text.</summary>
    Text,

    /// <summary>As the name of a member.</summary>
    Enumeration,

    /// <summary>As a time, a date or an identifier, each in a form of its own.</summary>
    Special,

    /// <summary>As a dictionary of members.</summary>
    Record,

    /// <summary>As a list.</summary>
    Sequence,

    /// <summary>As a dictionary of pairs.</summary>
    Dictionary,

    /// <summary>As a tuple.</summary>
    Tuple,
}

/// <summary>The form of a type.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Parts">The types of items, of keys and values, or of a tuple's items.</param>
internal sealed record TypeForm(FormKind Kind, IReadOnlyList<StoredType> Parts)
{
    /// <summary>The name of the type of values that may be absent.</summary>
    public const string Nullable = "System.Nullable`1";

    // A tuple of more items keeps the rest in another tuple.
    private const int MostItems = 7;

    private static readonly TypeForm Unknown = new(FormKind.Unknown, []);

    private static readonly FrozenDictionary<string, FormKind> Scalars = new Dictionary<string, FormKind>
    {
        ["System.Decimal"] = FormKind.Decimal,
        ["System.Half"] = FormKind.Float,
        ["System.Int128"] = FormKind.Integer,
        ["System.UInt128"] = FormKind.Integer,
        ["System.Numerics.BigInteger"] = FormKind.Integer,
        ["System.Text.Rune"] = FormKind.Text,
        ["System.Uri"] = FormKind.Text,
        ["System.Version"] = FormKind.Text,
        ["System.Text.StringBuilder"] = FormKind.Text,
        ["System.DateTime"] = FormKind.Special,
        ["System.DateTimeOffset"] = FormKind.Special,
        ["System.DateOnly"] = FormKind.Special,
        ["System.TimeOnly"] = FormKind.Special,
        ["System.TimeSpan"] = FormKind.Special,
        ["System.Guid"] = FormKind.Special,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Sequences = new[]
    {
        "List`1", "IList`1", "ICollection`1", "IEnumerable`1", "IReadOnlyList`1", "IReadOnlyCollection`1", "HashSet`1", "ISet`1",
        "IReadOnlySet`1", "SortedSet`1", "Queue`1", "Stack`1", "LinkedList`1",
    }.Select(static name => "System.Collections.Generic." + name)
        .Concat(["System.Collections.Immutable.ImmutableArray`1", "System.Collections.Immutable.ImmutableList`1"]).ToFrozenSet();

    private static readonly FrozenSet<string> Dictionaries = new[]
    {
        "Dictionary`2", "IDictionary`2", "IReadOnlyDictionary`2", "SortedDictionary`2", "SortedList`2",
    }.Select(static name => "System.Collections.Generic." + name)
        .Append("System.Collections.Immutable.ImmutableDictionary`2").ToFrozenSet();

    /// <summary>Gets a value indicating whether the value has no parts.</summary>
    public bool IsScalar => Kind is FormKind.Flag or FormKind.Integer or FormKind.Float or FormKind.Decimal or FormKind.Text
        or FormKind.Enumeration or FormKind.Special;

    /// <summary>Finds the form of a type.</summary>
    /// <param name="type">The type; not a nullable one.</param>
    /// <param name="assemblies">The assemblies of its environment.</param>
    /// <returns>The form.</returns>
    public static TypeForm Of(StoredType type, AssemblySet assemblies)
    {
        if (type.Primitive is { } code)
        {
            return new TypeForm(OfPrimitive(code), []);
        }

        if (type.Element is { } element)
        {
            // The bytes of an array of bytes are stored as they are.
            return element.Primitive is PrimitiveTypeCode.Byte or PrimitiveTypeCode.SByte
                ? Unknown : new TypeForm(FormKind.Sequence, [element]);
        }

        if (Scalars.TryGetValue(type.Definition, out var scalar))
        {
            return new TypeForm(scalar, []);
        }

        if (type.Found.Assembly is not null)
        {
            return new TypeForm(OfDeclared(type, assemblies), []);
        }

        var isTuple = type.Definition.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
            || type.Definition.StartsWith("System.Tuple`", StringComparison.Ordinal)
            || type.Definition == "System.Collections.Generic.KeyValuePair`2";
        var kind = Sequences.Contains(type.Definition) ? FormKind.Sequence
            : Dictionaries.Contains(type.Definition) ? FormKind.Dictionary
            : isTuple && type.Arguments.Count <= MostItems ? FormKind.Tuple
            : FormKind.Unknown;
        return new TypeForm(kind, type.Arguments);
    }

    private static FormKind OfPrimitive(PrimitiveTypeCode code) => code switch
    {
        PrimitiveTypeCode.Boolean => FormKind.Flag,
        PrimitiveTypeCode.Char or PrimitiveTypeCode.String => FormKind.Text,
        PrimitiveTypeCode.Single or PrimitiveTypeCode.Double => FormKind.Float,
        PrimitiveTypeCode.Object or PrimitiveTypeCode.Void or PrimitiveTypeCode.TypedReference => FormKind.Unknown,
        _ => FormKind.Integer,
    };

    /// <summary>Tells enumerations and records from what is stored in other ways: collections, delegates, tuples of the author.</summary>
    private static FormKind OfDeclared(StoredType type, AssemblySet assemblies)
    {
        foreach (var level in TypeLevels.Of(type, assemblies))
        {
            if (level.Type.Found.Assembly is not { } assembly)
            {
                return level.Type.Definition switch
                {
                    "System.Enum" => FormKind.Enumeration,
                    TypeLevels.Object or TypeLevels.ValueType => FormKind.Record,
                    _ => FormKind.Unknown,
                };
            }

            var definition = assembly.Reader.GetTypeDefinition(level.Type.Found.Handle);
            if (definition.Attributes.HasFlag(TypeAttributes.Interface)
                || definition.GetInterfaceImplementations().Any(each => IsSpecial(level, each)))
            {
                return FormKind.Unknown;
            }
        }

        return FormKind.Unknown;
    }

    private static bool IsSpecial(TypeLevel level, InterfaceImplementationHandle handle)
    {
        var reader = level.Type.Found.Assembly!.Reader;
        return level.Reader!.Of(reader.GetInterfaceImplementation(handle).Interface, level.Type.Arguments).Definition
            is "System.Collections.IEnumerable" or "System.Runtime.CompilerServices.ITuple" or "Metaflow.Serialization.IPythonForm";
    }
}
