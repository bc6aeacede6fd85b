using System.Reflection;
using Metaflow.Naming;

namespace Metaflow.Serialization;

/// <summary>A public property, or a public field of a structure, that is stored as an entry of a record.</summary>
internal sealed class MemberShape
{
    private readonly PropertyInfo? _property;
    private readonly FieldInfo? _field;

    private MemberShape(MemberInfo member)
    {
        _property = member as PropertyInfo;
        _field = member as FieldInfo;
        Name = member.Name;
        Key = member.GetCustomAttribute<ArtifactKeyAttribute>()?.Key ?? SnakeCase.FromMember(member.Name);
        Type = _property?.PropertyType ?? _field!.FieldType;
        CanSet = _property?.SetMethod is { IsPublic: true } || _field is { IsInitOnly: false };
    }

    public string Name { get; }

    public string Key { get; }

    public Type Type { get; }

    public bool CanSet { get; }

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

        return members;
    }

    public object? Get(object instance) => _property is null ? _field!.GetValue(instance) : _property.GetValue(instance);

    public void Set(object instance, object? value)
    {
        if (_property is null)
        {
            _field!.SetValue(instance, value);
        }
        else
        {
            _property.SetValue(instance, value);
        }
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
        PropertyInfo property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0,
        FieldInfo field => field.DeclaringType is { IsValueType: true },
        _ => false,
    };
}
