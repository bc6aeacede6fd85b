using System.Reflection;
using Metaflow.Naming;

namespace Metaflow.Serialization;

/// <summary>A public property or field that is stored as an entry of a record.</summary>
internal sealed class MemberShape
{
    private const int FewReads = 64;
    private readonly PropertyInfo? _property;
    private readonly FieldInfo? _field;
    private readonly FieldInfo? _backing;
    private readonly Lazy<bool> _isForbidden;
    private readonly Lazy<MemberGetter?> _fastGetter;
    private int _reads;

    private MemberShape(MemberInfo member)
    {
        _property = member as PropertyInfo;
        _field = member as FieldInfo;
        Name = member.Name;
        Key = member.GetCustomAttribute<ArtifactKeyAttribute>()?.Key ?? SnakeCase.FromMember(member.Name);
        FormerNames = [.. member.GetCustomAttributes<FormerArtifactNameAttribute>().SelectMany(static former => former.Keys)];
        IsRequired = member.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));
        Type = _property?.PropertyType ?? _field!.FieldType;
        _isForbidden = new Lazy<bool>(() => TypeShape.Of(Type).Kind == ShapeKind.Forbidden);
        _fastGetter = new Lazy<MemberGetter?>(() => MemberGetter.Of(_property));
        IsSetPublicly = _property?.SetMethod is { IsPublic: true } || _field is { IsInitOnly: false };
        _backing = _property is null ? null : StoredFields.BackingOf(_property);
        HasOwnGetter = _backing is not null
            && _property!.GetMethod?.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)) == false;
        CanSet = _field is not null || _property!.SetMethod is not null || _backing is not null;
    }

    public string Name { get; }

    public string Key { get; }

    public Type Type { get; }

    /// <summary>Gets the keys that it had before, none of which another member has now.</summary>
    public IReadOnlyList<string> FormerNames { get; private set; }

    /// <summary>Gets a value indicating whether it is marked <c>required</c>.</summary>
    public bool IsRequired { get; }

    /// <summary>Gets a value indicating whether anyone may set it, so that it can be set once the object is there.</summary>
    public bool IsSetPublicly { get; }

    /// <summary>Gets a value indicating whether it can be set at all: by a setter of any access, or by the field that keeps its
    /// value.</summary>
    public bool CanSet { get; }

    /// <summary>Gets the property; <see langword="null"/> for a field.</summary>
    public PropertyInfo? Property => _property;

    /// <summary>Gets the field; <see langword="null"/> for a property.</summary>
    public FieldInfo? Field => _field;

    /// <summary>Gets the field that keeps the value; <see langword="null"/> for a property that is computed, or keeps its value in a way
    /// unknown here.</summary>
    public FieldInfo? Keeper => _field ?? _backing;

    /// <summary>Gets a value indicating whether the property has a field made by the compiler, and a getter written by its
    /// author.</summary>
    public bool HasOwnGetter { get; }

    /// <summary>Gets a value indicating whether no value of the type can be stored.</summary>
    public bool IsForbidden => _isForbidden.Value;

    /// <summary>Gets a getter that is faster than <see cref="Get"/>; <see langword="null"/> where there is none, and for the first few
    /// reads, which do not pay for its making.</summary>
    public MemberGetter? FastGetter => _reads >= FewReads ? _fastGetter.Value : CountRead();

    public static IReadOnlyList<MemberShape> OfType(Type type)
    {
        var byName = new Dictionary<string, MemberInfo>(StringComparer.Ordinal);
        foreach (var member in Candidates(type))
        {
            // A member of a derived type hides the one of the same name in its base, and takes its place.
            byName[member.Name] = member;
        }

        var members = byName.Values.Select(member => new MemberShape(member)).ToList();
        var byKey = new Dictionary<string, MemberShape>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            if (!byKey.TryAdd(member.Key, member))
            {
                throw SerializationErrors.DuplicateKey(type, byKey[member.Key].Name, member.Name, member.Key);
            }
        }

        foreach (var member in members.Where(static member => member.FormerNames.Count > 0))
        {
            member.FormerNames = [.. member.FormerNames.Where(name => !byKey.ContainsKey(name))];
        }

        return members;
    }

    public object? Get(object instance) => _property is null ? _field!.GetValue(instance) : _property.GetValue(instance);

    /// <summary>Returns true if the getter returns what the property keeps.</summary>
    public bool IsAsKept(object instance) => Equals(_backing!.GetValue(instance), Get(instance));

    // By the field where there is one: a setter may change what it is given, and would do it again each time the value is read.
    public void Set(object instance, object? value)
    {
        if ((_field ?? _backing) is { } field)
        {
            field.SetValue(instance, value);
        }
        else
        {
            _property!.SetValue(instance, value);
        }
    }

    // Threads may lose a count to each other, which only puts the getter off.
    private MemberGetter? CountRead()
    {
        _reads++;
        return null;
    }

    private static IEnumerable<MemberInfo> Candidates(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var chain = new Stack<Type>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            chain.Push(level);
        }

        return chain.SelectMany(level => level.GetMembers(Declared).Where(IsStored).OrderBy(member => member.MetadataToken));
    }

    private static bool IsStored(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(ArtifactIgnoreAttribute)) => false,
        PropertyInfo property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0,
        FieldInfo => true,
        _ => false,
    };
}
