using System.Reflection;
using System.Runtime.CompilerServices;

namespace Metaflow.Serialization;

/// <summary>Reads a property of a class many times faster than reflection; dearer to make.</summary>
internal abstract class MemberGetter
{
    /// <summary>Makes a getter.</summary>
    /// <returns>The getter, or <see langword="null"/> for the types of values and owners that are left to reflection: each would be
    /// compiled apart.</returns>
    public static MemberGetter? Of(PropertyInfo? property)
    {
        if (property is not { GetMethod: { } method, DeclaringType: { IsClass: true } owner })
        {
            return null;
        }

        var value = property.PropertyType;
        var isKnown = value == typeof(string) || value == typeof(double) || value == typeof(int)
            || value == typeof(long) || value == typeof(bool)
            || value == typeof(DateTime) || value == typeof(DateTimeOffset) || value == typeof(DateOnly) || value == typeof(decimal);
        if (value.IsValueType && !isKnown)
        {
            return null;
        }

        // A pointer or a reference to a field is not an object.
        var isObject = value.IsClass || value.IsInterface;
        return isKnown || isObject ? Create(owner, isKnown ? value : typeof(object), method) : null;
    }

    private static MemberGetter Create(Type owner, Type value, MethodInfo method) =>
        (MemberGetter)Activator.CreateInstance(typeof(MemberGetter<,>).MakeGenericType(owner, value), method)!;
}

/// <summary>Reads a property without boxing its value.</summary>
/// <typeparam name="TValue">The type of the value.</typeparam>
internal abstract class MemberGetter<TValue> : MemberGetter
{
    /// <summary>Reads the property.</summary>
    /// <exception cref="TargetInvocationException">The property threw, as reflection says it.</exception>
    public abstract TValue Get(object instance);
}

/// <summary>Reads a property.</summary>
/// <typeparam name="TOwner">The type that declares it.</typeparam>
/// <typeparam name="TValue">The type of the value.</typeparam>
internal sealed class MemberGetter<TOwner, TValue>(MethodInfo method) : MemberGetter<TValue>
    where TOwner : class
{
    private readonly Func<TOwner, TValue> _get = method.CreateDelegate<Func<TOwner, TValue>>();

    public override TValue Get(object instance)
    {
        try
        {
            return _get(Unsafe.As<TOwner>(instance));
        }
        catch (Exception error)
        {
            // The property is the user's code, which may throw anything.
            throw new TargetInvocationException(error);
        }
    }
}
